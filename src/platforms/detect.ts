import type { Service } from 'kubernetes-types/core/v1';
import { createMemo, once } from '../snapshot/memo.ts';
import { type Snapshot, snapshotOf } from '../snapshot/snapshot.ts';
import { addedLoadBalancers, allPlatforms } from './all-platforms.ts';
import type { LoadBalancer, Matcher, Platform, SignalKind } from './platform.ts';
import { evidenceIn, type Signs, signalsIn } from './signals.ts';

/** A detected platform or load balancer, and the evidence. */
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
  /** The load balancers. Installed load balancers come first, then load balancers that a platform includes. */
  readonly loadBalancers: readonly Detected<LoadBalancer>[];
}

/**
 * Weak signals. Contexts and servers can have any name, so these signals count only if no other signal detects a
 * platform.
 */
const weak: ReadonlySet<SignalKind> = new Set(['server', 'context']);

/**
 * A cache of detections. It has several entries, because each check has its own snapshot, with the topics that it
 * declares.
 */
const latest = createMemo(16);

/**
 * Detects the platforms and load balancers of a snapshot. Checks call this function once for each Service, so the
 * result is cached.
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
 * Whether a load balancer was removed, and only its API group still exists. When Helm uninstalls a controller, the
 * custom resource definitions stay.
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

/**
 * The evidence for the first matcher in the list that matches a signal. The most reliable matchers come first in the
 * list.
 */
function firstOf(matchers: readonly Matcher[], signs: Signs): string | undefined {
  for (const { signal, matches } of matchers) {
    for (const [value, reason] of signs.get(signal) ?? []) if (matches.test(value)) return reason();
  }
  return undefined;
}

/**
 * The matchers that match a Service. A detection finds the same with two lists of Services if the same matchers match in
 * both. Only its reasons may name other Services.
 */
export function signsOf(service: Service): readonly Matcher[] {
  if (service.spec?.type !== 'LoadBalancer') return [];
  const services = { observed: true, items: [service], resourceVersion: '', cutOff: false } as const;
  const signs = signalsIn({ ...nothing(), topics: { ...nothing().topics, services } });
  return serviceMatchers().filter((each) => firstOf([each], signs) !== undefined);
}

const nothing = once(() => snapshotOf({ context: '', namespace: null, takenAt: '' }, {}));

const signalsOfServices: ReadonlySet<SignalKind> = new Set([
  ...(['finalizer', 'serviceAnnotation', 'loadBalancerClass', 'condition'] as const),
]);

const serviceMatchers = once(() => {
  const all = [...allPlatforms, ...addedLoadBalancers].flatMap(({ matchers }) => matchers);
  return [...new Set(all)].filter(({ signal }) => signalsOfServices.has(signal));
});
