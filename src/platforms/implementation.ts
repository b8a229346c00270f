import type { Service } from 'kubernetes-types/core/v1';
import type { Snapshot } from '../snapshot/snapshot.ts';
import { allLoadBalancers } from './all-platforms.ts';
import { type Detected, type Detection, detectPlatforms } from './detect.ts';
import type { LoadBalancer } from './platform.ts';

/**
 * The detected implementations that may serve a Service. The finalizers of the Service identify them. Without a known
 * finalizer, the class of the Service identifies them. Without a class, they are the implementations that serve
 * Services without a class.
 */
export function implementationsOf(
  { metadata, spec }: Service,
  { loadBalancers: all }: Detection,
): Detected<LoadBalancer>[] {
  const finalizers = metadata?.finalizers ?? [];
  const marked = all.filter(({ what }) =>
    finalizerMarks(what).some((matches) => finalizers.some((one) => matches.test(one))),
  );
  if (marked.length > 0) return marked;
  const { loadBalancerClass } = spec ?? {};
  if (loadBalancerClass) return all.filter(({ what }) => what.classes.includes(loadBalancerClass));
  // All finalizers of this Service are from other controllers. Some controllers put a finalizer on each Service that
  // they serve. None of these can be the controller of this Service.
  const possible = finalizers.length > 0 ? all.filter(({ what }) => finalizerMarks(what).length === 0) : all;
  const replaced = new Set(possible.flatMap(({ what: { replaces = [] } }) => replaces));
  return possible.filter(({ what }) => !replaced.has(what.id) && !what.needsClass);
}

/** The implementation that serves a Service; undefined if none or several may serve it. */
export function implementationOf(service: Service, detection: Detection): LoadBalancer | undefined {
  const [only, second] = implementationsOf(service, detection);
  return second ? undefined : only?.what;
}

/**
 * The implementations that may have written the events and conditions of a Service: all that may serve it. Undefined if
 * too little was seen; then every implementation may have written them.
 */
export function speakersAbout(service: Service, snapshot: Snapshot): readonly LoadBalancer[] | undefined {
  const detection = detectPlatforms(snapshot);
  const own = implementationsOf(service, detection).map(({ what }) => what);
  // Some load balancers need a webhook to get their Services. If the webhook is off, another load balancer serves the
  // Services: the one in `replaces`.
  const replaced = new Set(own.flatMap(({ replaces = [] }) => replaces));
  const behind = detection.loadBalancers.map(({ what }) => what).filter(({ id }) => replaced.has(id));
  if (own.length > 0) return [...own, ...behind];
  const marked = allLoadBalancers.filter((each) => hasMarkOf(each, service));
  if (marked.length > 0) return marked;
  if (detection.loadBalancers.length > 0 && !service.spec?.loadBalancerClass) {
    return detection.loadBalancers.map(({ what }) => what);
  }
  return isPlatformSeen(snapshot) ? [] : undefined;
}

/**
 * Whether the load balancer has written its finalizer or its own condition on the Service. This test is for Services
 * outside of the snapshot's namespace, such as the Service of an ingress controller, because the detection does not
 * read them.
 */
function hasMarkOf({ matchers }: LoadBalancer, { metadata, status }: Service): boolean {
  const written = {
    finalizer: metadata?.finalizers ?? [],
    condition: (status?.conditions ?? []).map(({ type }) => type),
  };
  return matchers.some(
    ({ signal, matches }) =>
      (signal === 'finalizer' || signal === 'condition') && written[signal].some((each) => matches.test(each)),
  );
}

/**
 * The implementations that may have written the events of an Ingress: all that were detected. Undefined if none was
 * detected, and too little was seen to rule out others.
 */
export function speakersIn(snapshot: Snapshot): readonly LoadBalancer[] | undefined {
  const { loadBalancers } = detectPlatforms(snapshot);
  return loadBalancers.length > 0 || isPlatformSeen(snapshot) ? loadBalancers.map(({ what }) => what) : undefined;
}

/** Whether enough was seen to conclude that a load balancer is not installed. */
export function isPlatformSeen({ topics }: Snapshot): boolean {
  return topics.nodes.observed && topics.apiGroups.observed && topics.loadBalancerPods.observed;
}

function finalizerMarks({ matchers }: LoadBalancer): RegExp[] {
  return matchers.filter(({ signal }) => signal === 'finalizer').map(({ matches }) => matches);
}

/** Whether a Service of type LoadBalancer has an address and no class. */
export function isServedUnasked({ spec, status }: Service): boolean {
  if (spec?.type !== 'LoadBalancer' || spec.loadBalancerClass) return false;
  return (status?.loadBalancer?.ingress ?? []).length > 0;
}
