import type { Service } from 'kubernetes-types/core/v1';
import type { Snapshot } from '../snapshot/snapshot.ts';
import { type Detected, type Detection, detectPlatforms } from './detect.ts';
import type { LoadBalancer } from './platform.ts';

/**
 * The implementations that may serve a Service: by its finalizers, else by its class, else those that serve Services
 * without a class. Empty if none of them was detected.
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
  // A controller that sets a finalizer cannot have created a Service that has only another controller's finalizer.
  const possible = finalizers.length > 0 ? all.filter(({ what }) => finalizerMarks(what).length === 0) : all;
  const replaced = new Set(possible.flatMap(({ what: { replaces = [] } }) => replaces));
  return possible.filter(({ what }) => !replaced.has(what.id) && !what.needsClass);
}

/** The implementation that serves a Service; undefined if it cannot be detected. */
export function implementationOf(service: Service, detection: Detection): LoadBalancer | undefined {
  const [only, second] = implementationsOf(service, detection);
  return second ? undefined : only?.what;
}

/**
 * The implementations that may have written the events and conditions of a Service: those that may serve it. Undefined
 * means any, because too little was seen to name one.
 */
export function speakersAbout(service: Service, snapshot: Snapshot): readonly LoadBalancer[] | undefined {
  const detection = detectPlatforms(snapshot);
  const own = implementationsOf(service, detection).map(({ what }) => what);
  // If the webhook of a load balancer is off, the one that it replaces serves the Service.
  const replaced = new Set(own.flatMap(({ replaces = [] }) => replaces));
  const behind = detection.loadBalancers.map(({ what }) => what).filter(({ id }) => replaced.has(id));
  if (own.length > 0) return [...own, ...behind];
  if (detection.loadBalancers.length > 0 && !service.spec?.loadBalancerClass) {
    return detection.loadBalancers.map(({ what }) => what);
  }
  return isPlatformSeen(snapshot) ? [] : undefined;
}

/** The same for an Ingress: anything that was detected. */
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

/** Whether a Service got its address without naming a class. */
export function isServedUnasked({ spec, status }: Service): boolean {
  if (spec?.type !== 'LoadBalancer' || spec.loadBalancerClass) return false;
  return (status?.loadBalancer?.ingress ?? []).length > 0;
}
