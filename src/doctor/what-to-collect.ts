import { controllerServiceSelector } from '../exposure/controllers/ingress-controllers.ts';
import { waitsForAddress } from '../exposure/external-addresses.ts';
import { nodesRequest } from '../modes/nodeport/mode.ts';
import { deploymentsRequest, type EndpointScope, endpointRequests } from '../modes/what-to-collect.ts';
import { customResourceRequests } from '../platforms/custom-resources.ts';
import { detectPlatforms } from '../platforms/detect.ts';
import { programOf, serviceLbPodsRequest } from '../platforms/service-lb.ts';
import { loadBalancerWorkloads } from '../platforms/signals.ts';
import { collectionPath } from '../snapshot/resource-paths.ts';
import type { Snapshot, TopicRequests } from '../snapshot/snapshot.ts';
import { itemsOf, type Topic } from '../snapshot/topics.ts';

/**
 * The lists of a diagnosis: those of endpoints, those of controllers, nodes, and warnings. At most 16, requested
 * together.
 */
export function doctorRequests(scope: EndpointScope): TopicRequests {
  const ofControllers = { labelSelector: controllerServiceSelector };
  const { namespace } = scope;
  return {
    ...endpointRequests(scope),
    deployments: deploymentsRequest(namespace),
    nodes: nodesRequest,
    controllerPods: { path: collectionPath('Pod', null), ...ofControllers },
    controllerSlices: { path: collectionPath('EndpointSlice', null), ...ofControllers },
    loadBalancerPods: { path: collectionPath('Pod', null), labelSelector: loadBalancerWorkloads },
    webhooks: { path: collectionPath('ValidatingWebhookConfiguration', null) },
    networkPolicies: { path: collectionPath('NetworkPolicy', namespace) },
    events: { path: collectionPath('Event', namespace), fieldSelector: 'type=Warning' },
  };
}

/** The maximum number of lists in a diagnosis, including refused lists and 404s. */
export const mostLists = 22;

/**
 * The lists that depend on the first ones: custom resources of load balancer implementations, and the Pods of
 * ServiceLB. Lists that only explain a missing address are requested if a load balancer waits for one.
 *
 * @param room how many lists may be requested
 */
export function furtherLists(snapshot: Snapshot, room: number): TopicRequests {
  const waits = itemsOf(snapshot.topics.services).some(waitsForAddress);
  const { ciliumPools, addressPools, ...announced } = customResourceRequests(snapshot);
  const detection = detectPlatforms(snapshot);
  // On RKE2, ServiceLB is optional and only its Pods show it.
  const mayBeServiceLb =
    programOf(detection) !== undefined || detection.loadBalancers.some(({ what }) => what.sharesNodePorts);
  const wanted: TopicRequests = {
    ...(addressPools && { addressPools }),
    ...(waits && mayBeServiceLb && { serviceLbPods: serviceLbPodsRequest(snapshot) }),
    ...(waits && ciliumPools && { ciliumPools }),
    ...announced,
  };
  return within(wanted, room);
}

/** The first requests that fit. A request with an older path counts as two. */
function within(requests: TopicRequests, room: number): TopicRequests {
  let left = room;
  const taken = Object.entries(requests).filter(([, { olderPath }]) => {
    const cost = olderPath === undefined ? 1 : 2;
    if (cost > left) return false;
    left -= cost;
    return true;
  });
  return Object.fromEntries(taken) as { readonly [T in Topic]?: TopicRequests[T] };
}
