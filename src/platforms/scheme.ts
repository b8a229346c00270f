import { UsageError } from '../errors/usage-error.ts';
import { addedLoadBalancers, allPlatforms } from './all-platforms.ts';
import type { Detected, Detection } from './detect.ts';
import type { AskedScheme, platformIds } from './ids.ts';
import type { LoadBalancer, SchemeChange, SchemeWord } from './platform.ts';

/** What a new Service of type LoadBalancer gets its address from; several when that cannot be told, none for an unknown class. */
export function loadBalancersFor({ loadBalancers }: Detection, loadBalancerClass?: string): Detected<LoadBalancer>[] {
  if (loadBalancerClass) return loadBalancers.filter(({ what }) => what.classes.includes(loadBalancerClass));
  const replaced = new Set(loadBalancers.flatMap(({ what }) => what.replaces ?? []));
  return loadBalancers.filter(({ what }) => !replaced.has(what.id));
}

/** The load balancer that `--platform` names. @throws UsageError when that platform has none */
export function loadBalancerNamed(id: (typeof platformIds)[number]): Detected<LoadBalancer> {
  const because = `--platform ${id}`;
  const added = addedLoadBalancers.find((each) => each.id === id);
  if (added) return { what: added, because };
  const platform = allPlatforms.find((each) => each.id === id)!;
  if (platform.loadBalancer) return { what: platform.loadBalancer, because };
  throw new UsageError(`${platform.title} gives Services no addresses`, platform.without ?? 'take --mode nodeport');
}

/** What makes a load balancer internal or public, and whose it is. */
export interface ChosenScheme {
  readonly scheme: Exclude<AskedScheme, 'default'>;
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
  if (change) return { scheme, loadBalancer: what, because, change };
  throw new UsageError(
    `${what.title} makes no difference between internal and public load balancers`,
    what.instead ?? 'leave --scheme out',
  );
}

/** @throws UsageError where annotations alone, which are all that SkyPilot can be told, do not do it */
export function refuseForSkyPilot({ loadBalancer: { title, notBySkyPilot }, scheme }: ChosenScheme): void {
  const why = notBySkyPilot?.[scheme];
  if (!why) return;
  throw new UsageError(
    `${title}: ${why}`,
    `kubectl skyports expose SKYCLUSTER PORT --scheme ${scheme}   makes one for a SkyPilot cluster that runs`,
  );
}

/** A Service as far as its scheme hangs on it. */
export interface Schemed {
  readonly annotations: Readonly<Record<string, string>>;
  readonly loadBalancerClass: string | undefined;
}

/** What a Service says of its scheme by itself; undefined when it says nothing. */
export function saidScheme(
  loadBalancer: LoadBalancer,
  { annotations, loadBalancerClass }: Schemed,
): 'internal' | 'public' | undefined {
  const ofClass = loadBalancerClass && loadBalancer.schemeOfClass?.[loadBalancerClass];
  if (ofClass) return ofClass;
  for (const { annotation, internal, public: open } of wordsOf(loadBalancer)) {
    const value = annotations[annotation];
    if (value === undefined) continue;
    if (internal?.test(value)) return 'internal';
    if (open?.test(value)) return 'public';
  }
  return undefined;
}

/** The scheme that a Service's load balancer has; undefined where that hangs on its pool. */
export function schemeOf(loadBalancer: LoadBalancer, service: Schemed): 'internal' | 'public' | undefined {
  const { defaultScheme } = loadBalancer;
  return saidScheme(loadBalancer, service) ?? (defaultScheme === 'pool' ? undefined : defaultScheme);
}

/** The annotations by which a Service can say its scheme. */
export function schemeKeys(loadBalancer: LoadBalancer): string[] {
  const { internal, public: open } = loadBalancer;
  const written = [internal, open].flatMap((change) => Object.keys(change?.annotations ?? {}));
  return [...new Set([...written, ...wordsOf(loadBalancer).map(({ annotation }) => annotation)])];
}

function wordsOf({ schemeWords, internal, public: open }: LoadBalancer): readonly SchemeWord[] {
  if (schemeWords) return schemeWords;
  const exactly = (value: string) => new RegExp(`^${value}$`);
  return [
    ...Object.entries(internal?.annotations ?? {}).map(([annotation, value]) => ({
      annotation,
      internal: exactly(value),
    })),
    ...Object.entries(open?.annotations ?? {}).map(([annotation, value]) => ({ annotation, public: exactly(value) })),
  ];
}
