import { createMemo } from '../snapshot/memo.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import { addedLoadBalancers, allPlatforms } from './all-platforms.ts';
import type { LoadBalancer, Matcher, Platform, SignalKind } from './platform.ts';
import { evidenceIn, type Signs, signalsIn } from './signals.ts';

/** A platform or a load balancer that was detected, and the evidence. */
export interface Detected<T> {
  readonly what: T;
  /** The evidence: "node gpu-1 has providerID aws:///…". */
  readonly reason: string;
}

/**
 * The platforms of a cluster, and the load balancers that give its Services addresses. A cluster may have several, such as
 * EKS and MetalLB.
 */
export interface Detection {
  readonly platforms: readonly Detected<Platform>[];
  /** Installed load balancers are first, then those that platforms include. */
  readonly loadBalancers: readonly Detected<LoadBalancer>[];
}

/**
 * Signals that are weak, because a context or a server can have any name. They count only if no other signal detects a
 * platform.
 */
const weak: ReadonlySet<SignalKind> = new Set(['server', 'context']);

/** The latest detections. Each check has its own snapshot, with the topics that it declares. */
const latest = createMemo(16);

/**
 * Detects the platforms and load balancers of a snapshot. The result is cached, because checks call this once for each
 * Service.
 */
export function detectPlatforms(snapshot: Snapshot): Detection {
  return latest('detection', evidenceIn(snapshot), () => detect(snapshot));
}

function detect(snapshot: Snapshot): Detection {
  const signs = signalsIn(snapshot);
  const surely = detected(allPlatforms, signs, isStrong);
  const platforms = surely.length > 0 ? surely : detected(allPlatforms, signs, () => true);
  const added = detected(addedLoadBalancers, signs, isStrong).filter(({ what }) => !isLeftOver(what, signs, snapshot));
  const own = platforms.flatMap(({ what: { loadBalancer, title }, reason }) =>
    loadBalancer && added.every(({ what }) => what.id !== loadBalancer.id)
      ? [{ what: loadBalancer, reason: `it comes with ${title}: ${reason}` }]
      : [],
  );
  return { platforms, loadBalancers: [...added, ...own] };
}

/**
 * Whether only the API group of a load balancer is left in the cluster. Helm does not remove the custom resource definitions
 * of a controller that it uninstalls.
 */
function isLeftOver({ matchers, requiresPod }: LoadBalancer, signs: Signs, { topics }: Snapshot): boolean {
  if (!requiresPod || !topics.loadBalancerPods.observed) return false;
  const others = matchers.filter(({ signal }) => signal !== 'apiGroup');
  return firstOf(others, signs) === undefined;
}

function isStrong({ signal }: Matcher): boolean {
  return !weak.has(signal);
}

function detected<T extends { readonly matchers: readonly Matcher[] }>(
  all: readonly T[],
  signs: Signs,
  counts: (matcher: Matcher) => boolean,
): Detected<T>[] {
  return all.flatMap((what) => {
    const reason = firstOf(what.matchers.filter(counts), signs);
    return reason === undefined ? [] : [{ what, reason }];
  });
}

/** The evidence for the first matcher that matches a signal. The most reliable matcher is first in the list. */
function firstOf(matchers: readonly Matcher[], signs: Signs): string | undefined {
  for (const { signal, matches } of matchers) {
    for (const [value, reason] of signs.get(signal) ?? []) if (matches.test(value)) return reason();
  }
  return undefined;
}
