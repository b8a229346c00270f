import { controllerServiceSelector, ingressControllers } from '../exposure/controllers/ingress-controllers.ts';
import { waitsForAddress } from '../exposure/external-addresses.ts';
import { nodesRequest } from '../modes/nodeport/mode.ts';
import { deploymentsRequest, type EndpointScope, endpointRequests } from '../modes/what-to-collect.ts';
import { customResourceRequests } from '../platforms/custom-resources.ts';
import { detectPlatforms } from '../platforms/detect.ts';
import { programOf, serviceLbPodsRequest } from '../platforms/service-lb.ts';
import { loadBalancerWorkloads } from '../platforms/signals.ts';
import type { WithMetadata } from '../snapshot/object-reference.ts';
import { collectionPath } from '../snapshot/resource-paths.ts';
import type { Snapshot, TopicRequests } from '../snapshot/snapshot.ts';
import { itemsOf, type Observed, type Topic } from '../snapshot/topics.ts';
import { ofController } from './subjects/ingress-controller-pods.ts';

/** The lists that a diagnosis rests on: those of the endpoints, the controllers' own, nodes and warnings; at most 16, in one round. */
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

/** A diagnosis asks no more lists than this, refusals and 404s included. */
export const mostLists = 22;

/**
 * What the first lists make worth asking: custom resources of what gives addresses, and the Pods of ServiceLB. What only
 * explains why an address does not come is asked where a load balancer waits.
 *
 * @param room how many lists may be asked
 */
export function furtherLists(snapshot: Snapshot, room: number): TopicRequests {
  const waits = itemsOf(snapshot.topics.services).some(waitsForAddress);
  const { ciliumPools, addressPools, ...announced } = customResourceRequests(snapshot);
  const detection = detectPlatforms(snapshot);
  // RKE2 has it where its servers were told so, which shows in its Pods alone.
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

/** As many as there is room for, in their order; a list of which an older place is known may be two. */
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

/**
 * In what kubectl prints, the Pods and EndpointSlices of ingress controllers stand among all others. Where none is, it may
 * have been asked for one namespace or one label: then they count as not collected.
 */
export function withControllersByLabel(snapshot: Snapshot): Snapshot {
  const { topics } = snapshot;
  const controllerPods = among(itemsOf(topics.pods));
  const controllerSlices = among(itemsOf(topics.endpointSlices));
  return {
    ...snapshot,
    topics: { ...topics, ...(controllerPods && { controllerPods }), ...(controllerSlices && { controllerSlices }) },
  };
}

function among<T extends WithMetadata>(objects: readonly T[]): Observed<T> | undefined {
  const items = ingressControllers.flatMap((product) => ofController(objects, product));
  return items.length > 0 ? { observed: true, items, resourceVersion: '', cutOff: false } : undefined;
}
