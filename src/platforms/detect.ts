import type { Snapshot } from '../snapshot/snapshot.ts';
import { addedLoadBalancers, allPlatforms } from './all-platforms.ts';
import type { LoadBalancer, Mark, Platform, Sign } from './platform.ts';
import { type SignSeen, signsIn } from './signs.ts';

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

/** Tells where a snapshot was taken. */
export function detectPlatforms(snapshot: Snapshot): Detection {
  const signs = signsIn(snapshot);
  const strong = signs.filter(({ sign }) => !weak.has(sign));
  const surely = detected(allPlatforms, strong);
  const platforms = surely.length > 0 ? surely : detected(allPlatforms, signs);
  const added = detected(addedLoadBalancers, strong);
  const own = platforms.flatMap(({ what: { loadBalancer, title }, because }) =>
    loadBalancer && added.every(({ what }) => what.id !== loadBalancer.id)
      ? [{ what: loadBalancer, because: `it comes with ${title}: ${because}` }]
      : [],
  );
  return { platforms, loadBalancers: [...added, ...own] };
}

function detected<T extends { readonly marks: readonly Mark[] }>(
  all: readonly T[],
  signs: readonly SignSeen[],
): Detected<T>[] {
  return all.flatMap((what) => {
    const because = firstOf(what.marks, signs);
    return because === undefined ? [] : [{ what, because }];
  });
}

/** The marks stand in the order of their worth. */
function firstOf(marks: readonly Mark[], signs: readonly SignSeen[]): string | undefined {
  for (const { sign, matches } of marks) {
    const seen = signs.find((each) => each.sign === sign && matches.test(each.value));
    if (seen) return seen.because();
  }
  return undefined;
}
