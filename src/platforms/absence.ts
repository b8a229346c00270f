import type { Snapshot } from '../snapshot/snapshot.ts';
import { type Detection, detectPlatforms } from './detect.ts';

/** Why a Service would wait for an address in vain. */
export interface Absence {
  readonly cause: string;
  readonly advice: string;
  /** Flags with which `expose` mends it on a Service of ours. */
  readonly flags?: string;
  /** Whether that is certain; else it may only look so. */
  readonly isSure: boolean;
}

/**
 * That nothing gives Services addresses here, as far as was seen; undefined where something does, and where too little was
 * seen to say so.
 */
export function nothingGivesAddresses(snapshot: Snapshot): Absence | undefined {
  const detection = detectPlatforms(snapshot);
  if (detection.loadBalancers.some(({ what }) => what.id === 'minikube-tunnel')) {
    return {
      cause: 'minikube gives addresses only while its tunnel runs',
      advice: 'run minikube tunnel on your machine and leave it running',
      isSure: false,
    };
  }
  if (detection.loadBalancers.length > 0 || !isSeen(snapshot)) return undefined;
  const { ciliumPools } = snapshot.topics;
  if (ciliumPools.observed && ciliumPools.items.length === 0) {
    return {
      cause: 'nothing that was seen here gives Services addresses; Cilium could, and has no CiliumLoadBalancerIPPool',
      advice: 'make one: https://docs.cilium.io/en/stable/network/lb-ipam/',
      isSure: false,
    };
  }
  return nothing(detection);
}

/** Whether enough was seen to say that there is nothing. */
export function isSeen({ topics }: Snapshot): boolean {
  return topics.nodes.observed && topics.apiGroups.observed && topics.loadBalancerPods.observed;
}

/** That no load balancer which was seen is known to serve a class; undefined where one is, or none was seen. */
export function nobodyServesClass(loadBalancerClass: string, snapshot: Snapshot): Absence | undefined {
  const { loadBalancers } = detectPlatforms(snapshot);
  if (loadBalancers.length === 0) return undefined;
  if (loadBalancers.some(({ what }) => what.classes.includes(loadBalancerClass))) return undefined;
  const titles = loadBalancers.map(({ what }) => what.title).join(', ');
  return {
    cause: `what was seen here (${titles}) is not known to serve that`,
    advice: 'Kubernetes does not let a class be changed: unexpose, then expose without --load-balancer-class',
    isSure: false,
  };
}

/** That MetalLB has no pool, of which it says nothing itself. */
export function noPool(snapshot: Snapshot): Absence | undefined {
  const { addressPools } = snapshot.topics;
  const hasMetallb = detectPlatforms(snapshot).loadBalancers.some(({ what }) => what.id === 'metallb');
  if (!hasMetallb || !addressPools.observed || addressPools.items.length > 0) return undefined;
  return {
    cause: 'MetalLB is there and has no IPAddressPool, so it has nothing to give',
    advice: 'make an IPAddressPool and an L2Advertisement: https://metallb.io/configuration/',
    isSure: true,
  };
}

function nothing({ platforms }: Detection): Absence {
  const platform = platforms.find(({ what }) => what.without !== undefined)?.what;
  return {
    cause: `nothing that was seen here gives Services addresses${platform ? ` (${platform.title})` : ''}`,
    advice: platform?.without ?? 'install MetalLB, or take another mode',
    isSure: platform !== undefined,
  };
}
