import { UsageError } from '../errors/usage-error.ts';
import { addedLoadBalancers, allPlatforms } from './all-platforms.ts';
import type { Detected, Detection } from './detect.ts';
import type { AskedScheme } from './ids.ts';
import type { LoadBalancer, SchemeChange } from './platform.ts';

/** What a new Service of type LoadBalancer gets its address from; several when that cannot be told. */
export function loadBalancersFor({ loadBalancers }: Detection, loadBalancerClass?: string): Detected<LoadBalancer>[] {
  const owners = loadBalancers.filter(({ what }) => loadBalancerClass && what.classes.includes(loadBalancerClass));
  if (owners.length > 0) return owners;
  const replaced = new Set(loadBalancers.flatMap(({ what }) => what.replaces ?? []));
  return loadBalancers.filter(({ what }) => !replaced.has(what.id));
}

/** The load balancer that `--platform` names. @throws UsageError when that platform has none */
export function loadBalancerNamed(id: string): Detected<LoadBalancer> {
  const because = `--platform ${id}`;
  const added = addedLoadBalancers.find((each) => each.id === id);
  if (added) return { what: added, because };
  const platform = allPlatforms.find((each) => each.id === id);
  if (platform?.loadBalancer) return { what: platform.loadBalancer, because };
  if (!platform) throw new UsageError(`--platform ${id}: unknown`, 'docs/platforms.md has all of them');
  throw new UsageError(`${platform.title} gives Services no addresses`, platform.without ?? 'take --mode nodeport');
}

/** What makes a load balancer internal or public, and whose it is. */
export interface ChosenScheme {
  readonly loadBalancer: LoadBalancer;
  readonly because: string;
  readonly change: SchemeChange;
}

/**
 * What a Service gets for `--scheme internal` or `public`.
 *
 * @param candidates what may give the address
 * @throws UsageError where there is no such notion, or where it cannot be told what gives the address
 */
export function chooseScheme(
  scheme: Exclude<AskedScheme, 'default'>,
  candidates: readonly Detected<LoadBalancer>[],
): ChosenScheme {
  const [first, ...others] = candidates;
  if (!first) {
    throw new UsageError(
      `--scheme ${scheme}: what gives this cluster's Services their addresses could not be told`,
      'name it by --platform NAME, or write its annotation yourself by --annotation KEY=VALUE',
    );
  }
  if (others.length > 0) {
    const titles = candidates.map(({ what, because }) => `${what.title} (${because})`).join(' and ');
    throw new UsageError(
      `--scheme ${scheme}: more than one may give the address: ${titles}`,
      `name one: --platform ${first.what.id}`,
    );
  }
  const { what, because } = first;
  const change = what[scheme];
  if (change) return { loadBalancer: what, because, change };
  throw new UsageError(
    `${what.title} makes no difference between internal and public load balancers`,
    what.instead ?? 'leave --scheme out',
  );
}

/** Whether a Service says by itself whether its load balancer is to be internal or public. */
export function saysScheme(loadBalancer: LoadBalancer, annotations: Readonly<Record<string, string>>): boolean {
  const { internal, public: open, alsoSays = [] } = loadBalancer;
  const keys = [...Object.keys(internal?.annotations ?? {}), ...Object.keys(open?.annotations ?? {}), ...alsoSays];
  return keys.some((key) => annotations[key] !== undefined);
}
