import type { Service } from 'kubernetes-types/core/v1';
import type { Detection } from './detect.ts';
import type { LoadBalancer } from './platform.ts';

/**
 * What made a Service's load balancer, or will: by the finalizer that it left, else by the class, else the one that takes
 * Services without a class. Undefined when that is nobody who was seen, or more than one.
 */
export function makerOf({ metadata, spec }: Service, { loadBalancers }: Detection): LoadBalancer | undefined {
  const all = loadBalancers.map(({ what }) => what);
  const finalizers = metadata?.finalizers ?? [];
  const marked = all.filter((each) =>
    finalizerMarks(each).some((matches) => finalizers.some((one) => matches.test(one))),
  );
  if (marked.length > 0) return onlyOf(marked);
  const { loadBalancerClass } = spec ?? {};
  if (loadBalancerClass) return onlyOf(all.filter(({ classes }) => classes.includes(loadBalancerClass)));
  // Who marks what it makes has not made what others hold.
  const possible = finalizers.length > 0 ? all.filter((each) => finalizerMarks(each).length === 0) : all;
  const replaced = new Set(possible.flatMap(({ replaces = [] }) => replaces));
  return onlyOf(possible.filter(({ id }) => !replaced.has(id)));
}

function finalizerMarks({ marks }: LoadBalancer): RegExp[] {
  return marks.filter(({ sign }) => sign === 'finalizer').map(({ matches }) => matches);
}

function onlyOf(found: readonly LoadBalancer[]): LoadBalancer | undefined {
  return found.length === 1 ? found[0] : undefined;
}
