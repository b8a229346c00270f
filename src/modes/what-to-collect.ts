import { controllerServiceSelector } from '../exposure/controllers/ingress-controllers.ts';
import { podEventsSelector } from '../exposure/pod-ending.ts';
import { isReady } from '../exposure/pod-trouble.ts';
import { indexSnapshot } from '../exposure/snapshot-index.ts';
import { clusterNameLabel, controllerService } from '../skypilot/names.ts';
import { headPodOf } from '../skypilot/sky-cluster.ts';
import { collectionPath, type ResourceKind } from '../snapshot/resource-paths.ts';
import type { Snapshot, TopicRequest, TopicRequests } from '../snapshot/snapshot.ts';
import { itemsOf } from '../snapshot/topics.ts';
import { modeRecords } from './all-modes.ts';
import { controllerPodsRequest } from './ingress/controller-pods.ts';

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

/**
 * The lists to begin with for rows: over all namespaces with the controllers' Pods, which most clusters with an Ingress
 * need, so that a second round trip is rarely necessary.
 */
export function rowRequests(scope: EndpointScope): TopicRequests {
  return { ...endpointRequests(scope), ...(scope.namespace === null && { controllerPods: controllerPodsRequest }) };
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

/** The further lists that the modes need after the first ones; four at most. */
export function furtherRequests(snapshot: Snapshot): TopicRequests {
  return Object.assign({}, ...modeRecords.map(({ further }) => further?.(snapshot)), podEventsIfGone(snapshot));
}

/** The request for the events that tell why a Pod ended, if a head Pod with an open port is gone or not Ready. */
export function podEventsIfGone(snapshot: Snapshot): TopicRequests {
  if (!snapshot.topics.pods.observed || !snapshot.topics.services.observed) return {};
  const view = indexSnapshot(snapshot);
  const heads = itemsOf(snapshot.topics.services)
    .flatMap((service) => view.skyClustersOf(service))
    .map(headPodOf);
  if (heads.every((head) => head && isReady(head))) return {};
  return { podEvents: { path: collectionPath('Event', snapshot.namespace), fieldSelector: podEventsSelector } };
}
