import type { Snapshot } from '../snapshot/snapshot.ts';
import { addedLoadBalancers, allPlatforms } from './all-platforms.ts';
import type { LoadBalancer, Matcher, Platform, SignalKind } from './platform.ts';
import { evidenceIn, type Signs, signalsIn } from './signals.ts';

/** Something that was detected, and the evidence. */
export interface Detected<T> {
  readonly what: T;
  /** "node gpu-1 has providerID aws:///…" */
  readonly reason: string;
}

/** Where a cluster runs, and what gives its Services addresses. Two at once are ordinary: EKS and MetalLB. */
export interface Detection {
  readonly platforms: readonly Detected<Platform>[];
  /** Installed load balancers first, then those of the platforms. */
  readonly loadBalancers: readonly Detected<LoadBalancer>[];
}

/** A context or a server can have any name, so these signals count only if there is no other. */
const weak: ReadonlySet<SignalKind> = new Set(['server', 'context']);

/** The latest detections. Each check sees its own snapshot, with the topics that it declares. */
const known: { readonly read: readonly unknown[]; readonly detection: Detection }[] = [];
const mostKnown = 16;

/** Detects the platforms and load balancers of a snapshot. Memoized: checks call this once per Service. */
export function detectPlatforms(snapshot: Snapshot): Detection {
  const read = evidenceIn(snapshot);
  const earlier = known.find((each) => each.read.every((value, index) => value === read[index]));
  if (earlier) return earlier.detection;
  const detection = detect(snapshot);
  known.push({ read, detection });
  if (known.length > mostKnown) known.shift();
  return detection;
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

/** Helm does not remove a controller's custom resource definitions, so its API group can outlive it. */
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

/** The matchers are sorted by reliability, the best first. */
function firstOf(matchers: readonly Matcher[], signs: Signs): string | undefined {
  for (const { signal, matches } of matchers) {
    for (const [value, reason] of signs.get(signal) ?? []) if (matches.test(value)) return reason();
  }
  return undefined;
}
