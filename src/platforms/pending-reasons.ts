import type { Service } from 'kubernetes-types/core/v1';
import { part } from '../errors/cure.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import { keysOf } from './annotation-key.ts';
import { notTakenByKubeVip } from './announcements/kube-vip.ts';
import { nodeIpamClass, nodeIpamReason } from './cilium-node-ipam.ts';
import { ciliumPoolsOf } from './cilium-pools.ts';
import { detectPlatforms } from './detect.ts';
import { excludedNodes } from './excluded-nodes.ts';
import { onlyFargate } from './fargate.ts';
import { implementationsOf } from './implementation.ts';
import { metallb } from './load-balancers/metallb.ts';
import { metallbNamespace, poolCure } from './metallb-setup.ts';
import type { PendingReason } from './missing-implementation.ts';
import { isServiceLbAlone, portTaken, waitingServiceLbPod } from './service-lb.ts';

/**
 * Facts in the snapshot that explain why a Service has no address. The Service's own event or condition is not
 * included. The most specific reason is last.
 * @param reason the reason of the Service's warning event or condition; undefined if the Service has neither
 */
export function pendingReasonsOf(service: Service, snapshot: Snapshot, reason: string | undefined): PendingReason[] {
  const isSilent = reason === undefined;
  const isUnavailable = reason === 'UnAvailableLoadBalancer';
  const isOfPools = service.spec?.loadBalancerClass !== nodeIpamClass;
  const found = [
    // ServiceLB also writes the event `UnAvailableLoadBalancer` if its own Pods are not ready. Excluded nodes are not
    // the reason then, because ServiceLB does not check nodes.
    isUnavailable && !isServiceLbAlone(snapshot) ? excludedNodes(snapshot) : undefined,
    metallbPoolsOf(service, snapshot, isSilent),
    isOfPools && (reason === 'no_pool' || (isSilent && isOfCilium(snapshot)))
      ? ciliumPoolsOf(service, snapshot)
      : undefined,
    nodeIpamReason(service, snapshot),
    notTakenByKubeVip(service, snapshot),
    onlyFargate(service, snapshot),
    waitingServiceLbPod(service, snapshot),
    isSilent || isUnavailable ? portTaken(service, snapshot) : undefined,
  ];
  return found.filter((each) => each !== undefined);
}

function isOfCilium(snapshot: Snapshot): boolean {
  const loadBalancers = detectPlatforms(snapshot).loadBalancers.filter(({ what }) => !what.needsClass);
  return loadBalancers.length > 0 && loadBalancers.every(({ what: { pools } }) => pools?.by === 'labels');
}

/**
 * Why MetalLB's pools gave a Service no address. Undefined if MetalLB cannot serve the Service, if the pools were not
 * seen, or if the pools are not the reason.
 * @param isSilent whether the Service has no event and no condition; MetalLB writes neither if it has no pool
 */
export function metallbPoolsOf(service: Service, snapshot: Snapshot, isSilent: boolean): PendingReason | undefined {
  const { addressPools } = snapshot.topics;
  const makers = implementationsOf(service, detectPlatforms(snapshot)).map(({ what }) => what);
  if (!makers.includes(metallb) || !addressPools.observed) return undefined;
  const pools = addressPools.items.map(({ metadata }) => metadata?.name ?? '');
  if (pools.length === 0) return isSilent ? noPool(makers.length === 1, snapshot) : undefined;
  const annotations = service.metadata?.annotations ?? {};
  const key = keysOf(metallb, 'metallb.io/address-pool').find((each) => annotations[each] !== undefined);
  const asked = key === undefined ? undefined : annotations[key];
  if (key === undefined || asked === undefined || pools.includes(asked)) return undefined;
  const there = `${pools.slice(0, 5).join(', ')}${pools.length > 5 ? `, ${pools.length - 5} more` : ''}`;
  return {
    cause: `it asks for pool ${asked} by ${key}, and the ${pools.length === 1 ? 'only pool is' : 'pools are'} ${there}`,
    advice: 'without that annotation it gets an address of any pool; --address-pool NAME asks for another',
    flags: part`--annotation ${`${key}-`}`,
    isSure: true,
  };
}

/** @param isOnly whether MetalLB is the only load balancer that may give the address */
function noPool(isOnly: boolean, snapshot: Snapshot): PendingReason {
  return {
    cause: 'MetalLB is installed and has no IPAddressPool, so it has no address to give',
    advice: '',
    steps: [poolCure(metallbNamespace(snapshot))],
    isSure: isOnly,
  };
}
