import { waitsForAddress } from '../exposure/external-addresses.ts';
import { customResourceRequests } from '../platforms/custom-resources.ts';
import { detectPlatforms } from '../platforms/detect.ts';
import { programOf, serviceLbPodsRequest } from '../platforms/service-lb.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import type { TopicRequests } from '../snapshot/topic-request.ts';
import { itemsOf, type Topic } from '../snapshot/topics.ts';

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
