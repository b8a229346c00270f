import type { Snapshot } from '../snapshot/snapshot.ts';
import { addedLoadBalancers, allPlatforms } from './all-platforms.ts';
import type { LoadBalancer, Mark, Platform, Sign } from './platform.ts';
import { type Signs, signsIn } from './signs.ts';

/** Something that was told, and by what. */
export interface Detected<T> {
  readonly what: T;
  /** "node gpu-1 has providerID aws:///…" */
  readonly because: string;
}

/** Where a cluster runs, and what gives its Services addresses. Two at once are ordinary: EKS and MetalLB. */
export interface Detection {
  readonly platforms: readonly Detected<Platform>[];
  /** What is installed, then what the platforms bring. */
  readonly loadBalancers: readonly Detected<LoadBalancer>[];
}

/** Anybody may call a context or a server anything: these count only where nothing better was seen. */
const weak: ReadonlySet<Sign> = new Set(['server', 'context']);

/** A check asks for each Service, and the signs of a large cluster are many. */
const known = new WeakMap<Snapshot, Detection>();

/** Tells where a snapshot was taken. */
export function detectPlatforms(snapshot: Snapshot): Detection {
  const earlier = known.get(snapshot);
  if (earlier) return earlier;
  const detection = detect(snapshot);
  known.set(snapshot, detection);
  return detection;
}

function detect(snapshot: Snapshot): Detection {
  const signs = signsIn(snapshot);
  const surely = detected(allPlatforms, signs, isStrong);
  const platforms = surely.length > 0 ? surely : detected(allPlatforms, signs, () => true);
  const added = detected(addedLoadBalancers, signs, isStrong).filter(({ what }) => !isLeftOver(what, signs, snapshot));
  const own = platforms.flatMap(({ what: { loadBalancer, title }, because }) =>
    loadBalancer && added.every(({ what }) => what.id !== loadBalancer.id)
      ? [{ what: loadBalancer, because: `it comes with ${title}: ${because}` }]
      : [],
  );
  return { platforms, loadBalancers: [...added, ...own] };
}

/** Removed with Helm, a controller leaves its custom resources behind, and with them its API group. */
function isLeftOver({ marks, toldByPods }: LoadBalancer, signs: Signs, { topics }: Snapshot): boolean {
  if (!toldByPods || !topics.loadBalancerPods.observed) return false;
  const others = marks.filter(({ sign }) => sign !== 'apiGroup');
  return firstOf(others, signs) === undefined;
}

function isStrong({ sign }: Mark): boolean {
  return !weak.has(sign);
}

function detected<T extends { readonly marks: readonly Mark[] }>(
  all: readonly T[],
  signs: Signs,
  counts: (mark: Mark) => boolean,
): Detected<T>[] {
  return all.flatMap((what) => {
    const because = firstOf(what.marks.filter(counts), signs);
    return because === undefined ? [] : [{ what, because }];
  });
}

/** The marks stand in the order of their worth. */
function firstOf(marks: readonly Mark[], signs: Signs): string | undefined {
  for (const { sign, matches } of marks) {
    for (const [value, because] of signs.get(sign) ?? []) if (matches.test(value)) return because();
  }
  return undefined;
}
