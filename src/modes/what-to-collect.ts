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

/** Where to look for endpoints in the Kubernetes cluster. */
export interface EndpointScope {
  /** The namespace; null for all namespaces. */
  readonly namespace: string | null;
  /** A label selector that restricts the Pods (`-l`). */
  readonly podSelector?: string | undefined;
  /** The Service of an ingress controller without well-known labels, as `NAMESPACE/NAME` (`--ingress-service`). */
  readonly ingressService?: string | undefined;
}

/**
 * The requests for the lists that endpoints need: five for all namespaces, seven for one namespace. For one namespace,
 * `--ingress-service` adds another. Requests for nodes, events and the Pods of ingress controllers may follow.
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
 * The first requests for the rows of a table. For all namespaces, they include the Pods of ingress controllers. These
 * are needed in most clusters with an Ingress, so a second round of requests is often avoided. No row depends on the
 * arguments of containers.
 */
export function rowRequests(scope: EndpointScope): TopicRequests {
  const { pods, ...others } = endpointRequests(scope);
  return {
    pods: { ...pods!, withoutArguments: true },
    ...others,
    ...(scope.namespace === null && { controllerPods: controllerPodsRequest }),
  };
}

/** The requests for the lists that show the orphans. */
export function orphanRequests(namespace: string | null): TopicRequests {
  const { pods, services, ingresses } = endpointRequests({ namespace });
  return { pods: pods!, services: services!, ingresses: ingresses!, deployments: deploymentsRequest(namespace) };
}

/** The request for SkyPilot's Deployments. SkyPilot creates them for its high-availability controllers. */
export function deploymentsRequest(namespace: string | null): TopicRequest {
  return { path: collectionPath('Deployment', namespace), labelSelector: clusterNameLabel };
}

/**
 * The requests for more lists that the modes need, which depend on the first lists; four at most. If an Ingress asks
 * cert-manager for a certificate, there is one more, and five more as long as the certificate is late.
 */
export function furtherRequests(snapshot: Snapshot): TopicRequests {
  return Object.assign({}, ...modeRecords.map(({ further }) => further?.(snapshot)), podEventsIfGone(snapshot));
}

/**
 * The request for the events that explain why a Pod ended. It is sent only if a SkyPilot cluster with a Service has no
 * head Pod, or one that is not Ready.
 */
export function podEventsIfGone(snapshot: Snapshot): TopicRequests {
  if (!snapshot.topics.pods.observed || !snapshot.topics.services.observed) return {};
  const view = indexSnapshot(snapshot);
  const heads = itemsOf(snapshot.topics.services)
    .flatMap((service) => view.skyClustersOf(service))
    .map(headPodOf);
  if (heads.every((head) => head && isReady(head))) return {};
  return { podEvents: podEventsRequest(snapshot.namespace) };
}

/** The request for the events that explain why a Pod ended. */
export function podEventsRequest(namespace: string | null): TopicRequest {
  return { path: collectionPath('Event', namespace), fieldSelector: podEventsSelector };
}
