import type { Service } from 'kubernetes-types/core/v1';
import type { Snapshot } from '../snapshot/snapshot.ts';
import type { Absence } from './absence.ts';
import { ciliumPoolsOf } from './cilium-pools.ts';
import { detectPlatforms } from './detect.ts';
import { excludedNodes } from './excluded-nodes.ts';
import { metallbPoolsOf } from './metallb-pools.ts';
import { noServiceLbPodReady, portTaken, waitingServiceLbPod } from './service-lb.ts';

/**
 * What is seen beside a Service that explains why it has no address, the most particular last.
 *
 * @param reason of its warning event or its condition; undefined when nothing is said of it
 */
export function circumstancesOf(service: Service, snapshot: Snapshot, reason: string | undefined): Absence[] {
  const isSilent = reason === undefined;
  const isUnavailable = reason === 'UnAvailableLoadBalancer';
  const found = [
    // ServiceLB says the same of its own Pods, and looks at no node.
    isUnavailable ? (noServiceLbPodReady(snapshot) ?? excludedNodes(snapshot)) : undefined,
    metallbPoolsOf(service, snapshot, isSilent),
    reason === 'no_pool' || (isSilent && isOfCilium(snapshot)) ? ciliumPoolsOf(service, snapshot) : undefined,
    waitingServiceLbPod(service, snapshot),
    isSilent || isUnavailable ? portTaken(service, snapshot) : undefined,
  ];
  return found.filter((each) => each !== undefined);
}

function isOfCilium(snapshot: Snapshot): boolean {
  const { loadBalancers } = detectPlatforms(snapshot);
  return loadBalancers.length > 0 && loadBalancers.every(({ what: { pools } }) => pools?.by === 'labels');
}
