import type { Service } from 'kubernetes-types/core/v1';
import type { Snapshot } from '../snapshot/snapshot.ts';
import { type Detection, detectPlatforms } from './detect.ts';

/** Why nobody says anything about a Service that waits for an address. */
export interface Absence {
  readonly cause: string;
  readonly advice: string;
  /** Whether waiting is in vain for certain; else it may only look so. */
  readonly isSure: boolean;
}

/**
 * Why a Service has no address and no word about it: nothing gives addresses, nothing serves its class, or what does is
 * silent about it. Undefined where what was seen does not tell; nothing is concluded from what was not seen.
 */
export function absenceOf({ spec }: Service, snapshot: Snapshot): Absence | undefined {
  const { topics } = snapshot;
  const detection = detectPlatforms(snapshot);
  const titles = detection.loadBalancers.map(({ what }) => what.title);
  const wanted = spec?.loadBalancerClass;
  if (wanted && titles.length > 0 && detection.loadBalancers.every(({ what }) => !what.classes.includes(wanted))) {
    return {
      cause: `its loadBalancerClass is ${wanted}, and what was seen here (${titles.join(', ')}) is not known to serve that`,
      advice: 'expose again without --load-balancer-class, after unexpose: Kubernetes does not let it be changed',
      isSure: false,
    };
  }
  const has = (id: string) => detection.loadBalancers.some(({ what }) => what.id === id);
  if (has('metallb') && topics.addressPools.observed && topics.addressPools.items.length === 0) {
    return {
      cause: 'MetalLB is there and has no IPAddressPool, so it has nothing to give',
      advice: 'make an IPAddressPool and an L2Advertisement: https://metallb.io/configuration/',
      isSure: true,
    };
  }
  if (has('minikube-tunnel')) {
    return {
      cause: 'minikube gives addresses only while its tunnel runs',
      advice: 'run minikube tunnel on your machine and leave it running',
      isSure: false,
    };
  }
  if (titles.length > 0 || !isSeen(snapshot)) return undefined;
  return nothing(detection);
}

/** Whether enough was seen to say that there is nothing. */
function isSeen({ topics }: Snapshot): boolean {
  return topics.nodes.observed && topics.apiGroups.observed && topics.loadBalancerPods.observed;
}

function nothing({ platforms }: Detection): Absence {
  const platform = platforms.find(({ what }) => what.without !== undefined)?.what;
  return {
    cause: `nothing that was seen here gives Services addresses${platform ? ` (${platform.title})` : ''}`,
    advice: platform?.without ?? 'install MetalLB, or take another mode',
    isSure: platform !== undefined,
  };
}
