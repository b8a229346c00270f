import { controllerServiceSelector } from '../exposure/controllers/ingress-controllers.ts';
import { clusterNameLabel, controllerService } from '../skypilot/names.ts';
import { collectionPath, type ResourceKind } from '../snapshot/resource-paths.ts';
import type { Snapshot, TopicRequest, TopicRequests } from '../snapshot/snapshot.ts';
import { modeRecords } from './all-modes.ts';

/** Where to look for endpoints. */
export interface EndpointScope {
  /** Null for all namespaces. */
  readonly namespace: string | null;
  /** Restricts the Pods (`-l`). */
  readonly podSelector?: string | undefined;
  /** `NAMESPACE/NAME` of an ingress controller's Service without well-known labels (`--ingress-service`). */
  readonly ingressService?: string | undefined;
}

/**
 * The lists that endpoints need: five for all namespaces, seven for one. Nodes, events and controllers' Pods may
 * follow.
 */
export function endpointRequests({ namespace, podSelector, ingressService }: EndpointScope): TopicRequests {
  const all = (kind: ResourceKind) => ({ path: collectionPath(kind, namespace) });
  const [controllerNamespace, controllerName] = ingressService?.split('/') ?? [];
  return {
    pods: {
      path: collectionPath('Pod', namespace),
      labelSelector: podSelector ? `${clusterNameLabel},${podSelector}` : clusterNameLabel,
    },
    services: all('Service'),
    ingresses: all('Ingress'),
    endpointSlices: all('EndpointSlice'),
    ingressClasses: { path: collectionPath('IngressClass', null) },
    ...(namespace === null
      ? {}
      : {
          controllerServices: { path: collectionPath('Service', null), labelSelector: controllerServiceSelector },
          ingressNginxServices: { path: collectionPath('Service', controllerService.namespace) },
          ...(controllerNamespace && {
            namedControllerServices: {
              path: collectionPath('Service', controllerNamespace),
              fieldSelector: `metadata.name=${controllerName}`,
            },
          }),
        }),
  };
}

/** The lists that are needed to find orphans. */
export function orphanRequests(namespace: string | null): TopicRequests {
  const { pods, services, ingresses } = endpointRequests({ namespace });
  return { pods: pods!, services: services!, ingresses: ingresses!, deployments: deploymentsRequest(namespace) };
}

/** The request for SkyPilot's Deployments, which belong to its high-availability controllers. */
export function deploymentsRequest(namespace: string | null): TopicRequest {
  return { path: collectionPath('Deployment', namespace), labelSelector: clusterNameLabel };
}

/** The further lists that the modes need after the first ones; three at most. */
export function furtherRequests(snapshot: Snapshot): TopicRequests {
  return Object.assign({}, ...modeRecords.map(({ further }) => further?.(snapshot)));
}
