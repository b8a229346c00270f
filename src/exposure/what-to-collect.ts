import { clusterNameLabel, controllerService } from '../skypilot/names.ts';
import { collectionPath, type ResourceKind } from '../snapshot/resource-paths.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import type { TopicRequest, TopicRequests } from '../snapshot/topic-request.ts';
import { itemsOf } from '../snapshot/topics.ts';
import { controllerPodsIfNeeded } from './controller-pods.ts';
import { waitsForAddress } from './external-addresses.ts';
import { controllerServiceSelector } from './ingress-controllers.ts';
import { viewOf } from './view.ts';

/** Where to look for endpoints. */
export interface EndpointScope {
  /** Null for all namespaces. */
  readonly namespace: string | null;
  /** Restricts the Pods (`-l`). */
  readonly podSelector?: string | undefined;
  /** `NAMESPACE/NAME` of an ingress controller's Service that its labels don't tell (`--ingress-service`). */
  readonly ingressService?: string | undefined;
}

/** The lists that endpoints are resolved from: five over all namespaces, seven in one; nodes, events and controllers' Pods may follow. */
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

/** The lists that tell what outlived its SkyPilot cluster. */
export function orphanRequests(namespace: string | null): TopicRequests {
  const { pods, services, ingresses } = endpointRequests({ namespace });
  return { pods: pods!, services: services!, ingresses: ingresses!, deployments: deploymentsRequest(namespace) };
}

/** Deployments of SkyPilot's: its high-availability controllers. */
export function deploymentsRequest(namespace: string | null): TopicRequest {
  return { path: collectionPath('Deployment', namespace), labelSelector: clusterNameLabel };
}

/** The first page of the nodes: no API gives less than whole ones. */
export const nodesRequest = { path: collectionPath('Node', null), firstPageOnly: true } as const;

/** The nodes, when a row needs them: only Services of type NodePort do, and nodes are large. */
export function nodesIfNeeded(snapshot: Snapshot): TopicRequests {
  const nodePortServices = itemsOf(snapshot.topics.services).filter(({ spec }) => spec?.type === 'NodePort');
  if (nodePortServices.length === 0) return {};
  const view = viewOf(snapshot);
  if (!nodePortServices.some((service) => view.skyClustersOf(service).length > 0)) return {};
  return { nodes: nodesRequest };
}

/** Warnings about Services, when a load balancer waits for its address: they say why. */
export function eventsIfPending(snapshot: Snapshot): TopicRequests {
  const waiting = itemsOf(snapshot.topics.services).filter(waitsForAddress);
  if (waiting.length === 0) return {};
  const view = viewOf(snapshot);
  if (!waiting.some((service) => view.skyClustersOf(service).length > 0)) return {};
  const path = collectionPath('Event', snapshot.namespace);
  return { events: { path, fieldSelector: 'involvedObject.kind=Service,type=Warning' } };
}

/** What the first look makes necessary: three lists at most. */
export function furtherRequests(snapshot: Snapshot): TopicRequests {
  return { ...nodesIfNeeded(snapshot), ...eventsIfPending(snapshot), ...controllerPodsIfNeeded(snapshot) };
}
