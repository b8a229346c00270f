import { advice, type CommandPart, type Cure } from '../errors/cure.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import { itemsOf } from '../snapshot/topics.ts';
import { type Detection, detectPlatforms } from './detect.ts';
import { isServedUnasked } from './implementation.ts';

/** Why a Service will not get an address. */
export interface PendingReason {
  readonly cause: string;
  readonly advice: string;
  /** A command that shows more, or fixes it. */
  readonly look?: Cure;
  /** Flags with which `expose` fixes it on a Service that this plugin created. */
  readonly flags?: CommandPart;
  /** Whether the platform is known to cause it; else it is a guess. */
  readonly isOfPlatform?: boolean;
  /** Whether it is certain; else it is a guess. */
  readonly isSure?: boolean;
}

/** The cures of a reason: what shows more, then what to do. */
export function curesOf({ advice: words, look }: Pick<PendingReason, 'advice' | 'look'>): Cure[] {
  return [...(look ? [look] : []), ...(words === '' ? [] : [advice(words)])];
}

/**
 * Reports that nothing gives Services addresses. Undefined if something does, or if too little was seen. It is never
 * certain, because some implementations leave no sign in the cluster (cloud-provider-kind).
 */
export function nothingGivesAddresses(snapshot: Snapshot): PendingReason | undefined {
  if (itemsOf(snapshot.topics.services).some(isServedUnasked)) return undefined;
  const detection = detectPlatforms(snapshot);
  const { loadBalancers } = detection;
  const [whileRun] = loadBalancers.map(({ what }) => what.givesOnlyWhile);
  if (whileRun && loadBalancers.every(({ what }) => what.givesOnlyWhile)) return { ...whileRun, isOfPlatform: true };
  if (loadBalancers.length > 0 || !isSeen(snapshot)) return undefined;
  const { ciliumPools } = snapshot.topics;
  if (ciliumPools.observed && ciliumPools.items.length === 0) {
    return {
      cause: 'nothing that was seen here gives Services addresses; Cilium could, and has no CiliumLoadBalancerIPPool',
      advice: 'make one: https://docs.cilium.io/en/stable/network/lb-ipam/',
    };
  }
  return nothing(detection);
}

/** Whether enough was seen to conclude that nothing gives addresses. */
function isSeen({ topics }: Snapshot): boolean {
  return topics.nodes.observed && topics.apiGroups.observed && topics.loadBalancerPods.observed;
}

/** Reports that no detected load balancer serves a class; undefined if one does, or if none was detected. */
export function nobodyServesClass(loadBalancerClass: string, snapshot: Snapshot): PendingReason | undefined {
  const { loadBalancers } = detectPlatforms(snapshot);
  if (loadBalancers.length === 0) return undefined;
  if (loadBalancers.some(({ what }) => what.classes.includes(loadBalancerClass))) return undefined;
  const titles = loadBalancers.map(({ what }) => what.title).join(', ');
  const flags = loadBalancers.flatMap(({ what: { title, classFlag } }) =>
    classFlag ? [`${title} serves the class that its ${classFlag} names`] : [],
  );
  return {
    cause: `what was seen here (${titles}) is not known to serve that`,
    advice: flags.join('; '),
  };
}

function nothing({ platforms }: Detection): PendingReason {
  const platform = platforms.find(({ what }) => what.without !== undefined)?.what;
  return {
    cause: `nothing that was seen here gives Services addresses${platform ? ` (${platform.title})` : ''}`,
    isOfPlatform: platform !== undefined,
    ...(platform?.withoutCure && { look: platform.withoutCure }),
    advice: platform?.without ?? 'install MetalLB (https://metallb.io/installation/), or take another mode',
  };
}
