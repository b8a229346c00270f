import type { Service } from 'kubernetes-types/core/v1';
import type { Detected, Detection } from './detect.ts';
import type { LoadBalancer } from './platform.ts';

/**
 * What may have made a Service's load balancer, or will: by the finalizer that it left, else by the class, else those that
 * take Services without a class. Empty when that is nobody who was seen.
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
  // Who marks what it makes has not made what others hold.
  const possible = finalizers.length > 0 ? all.filter(({ what }) => finalizerMarks(what).length === 0) : all;
  const replaced = new Set(possible.flatMap(({ what: { replaces = [] } }) => replaces));
  return possible.filter(({ what }) => !replaced.has(what.id));
}

/** What made a Service's load balancer, or will; undefined when that cannot be told. */
export function implementationOf(service: Service, detection: Detection): LoadBalancer | undefined {
  const [only, second] = implementationsOf(service, detection);
  return second ? undefined : only?.what;
}

function finalizerMarks({ matchers }: LoadBalancer): RegExp[] {
  return matchers.filter(({ signal }) => signal === 'finalizer').map(({ matches }) => matches);
}

/** Whether a Service has its address from whoever takes those without a class. */
export function isServedUnasked({ spec, status }: Service): boolean {
  if (spec?.type !== 'LoadBalancer' || spec.loadBalancerClass) return false;
  return (status?.loadBalancer?.ingress ?? []).length > 0;
}
