import { advice, command, cure } from '../errors/cure.ts';
import { UsageError } from '../errors/usage-error.ts';
import { addedLoadBalancers, allPlatforms } from './all-platforms.ts';
import type { Detected, Detection } from './detect.ts';
import type { platformIds, SchemeOption } from './ids.ts';
import type { LoadBalancer, SchemeAnnotation, SchemeChange } from './platform.ts';

/**
 * The load balancers that may serve a new Service. If the right one cannot be detected, the result has several. For an
 * unknown class, the result is empty.
 */
export function loadBalancersFor({ loadBalancers }: Detection, loadBalancerClass?: string): Detected<LoadBalancer>[] {
  if (loadBalancerClass) return loadBalancers.filter(({ what }) => what.classes.includes(loadBalancerClass));
  const replaced = new Set(loadBalancers.flatMap(({ what }) => what.replaces ?? []));
  return loadBalancers.filter(({ what }) => !replaced.has(what.id) && !what.needsClass);
}

/**
 * The load balancer that `--platform` names.
 * @throws UsageError if the platform includes no load balancer
 */
export function loadBalancerNamed(id: (typeof platformIds)[number]): Detected<LoadBalancer> {
  const reason = `--platform ${id}`;
  const added = addedLoadBalancers.find((each) => each.id === id);
  if (added) return { what: added, reason };
  const platform = allPlatforms.find((each) => each.id === id)!;
  if (platform.loadBalancer) return { what: platform.loadBalancer, reason };
  throw new UsageError('no-load-balancer', `${platform.title} gives Services no addresses`, [
    advice(platform.setupHint ?? 'use --mode nodeport'),
  ]);
}

/** How to give a Service's load balancer a scheme: the load balancer, and the annotations and class that it reads. */
export interface ChosenScheme {
  readonly scheme: Exclude<SchemeOption, 'default'>;
  readonly loadBalancer: LoadBalancer;
  readonly reason: string;
  readonly change: SchemeChange;
}

/**
 * The change of a Service for `--scheme internal` or `--scheme public`.
 * @param candidates the load balancers that may give the address
 * @throws UsageError if the load balancer does not support the scheme, or cannot be detected
 */
export function chooseScheme(
  scheme: Exclude<SchemeOption, 'default'>,
  candidates: readonly Detected<LoadBalancer>[],
): ChosenScheme {
  const [first, ...others] = candidates;
  if (!first) {
    throw new UsageError(
      'undetected-platform',
      `--scheme ${scheme}: what gives this cluster's Services their addresses could not be detected`,
      [
        advice('add --platform NAME to name it'),
        advice('or add --annotation KEY=VALUE in place of --scheme to write its annotation yourself'),
      ],
    );
  }
  if (others.length > 0) {
    const titles = candidates.map(({ what, reason }) => `${what.title} (${reason})`).join(' and ');
    throw new UsageError(
      'ambiguous-platform',
      `--scheme ${scheme}: more than one may give the address: ${titles}`,
      candidates.map(({ what }) => advice(`add --platform ${what.id} for ${what.title}`)),
    );
  }
  const { what, reason } = first;
  const change = what[scheme];
  if (change) return { scheme, loadBalancer: what, reason, change };
  throw new UsageError('no-scheme', `${what.title} makes no difference between internal and public load balancers`, [
    advice(what.alternative ?? 'leave --scheme out'),
  ]);
}

/**
 * Refuses a scheme that SkyPilot cannot set. SkyPilot can only set annotations.
 * @throws UsageError if the scheme needs more than annotations
 */
export function refuseForSkyPilot({ loadBalancer: { title, notBySkyPilot }, scheme }: ChosenScheme): void {
  const why = notBySkyPilot?.[scheme];
  if (!why) return;
  const expose = command`kubectl skyports expose SKYCLUSTER PORT --scheme ${scheme}`;
  throw new UsageError('scheme-not-in-sky-config', `${title}: ${why}`, [
    cure(expose, 'makes one for PORT of SKYCLUSTER, which runs already'),
  ]);
}

/** The parts of a Service that decide its scheme. */
export interface Schemed {
  readonly annotations: Readonly<Record<string, string>>;
  readonly loadBalancerClass: string | undefined;
}

/** The scheme that the annotations or the class of a Service set; undefined if they set no scheme. */
export function explicitScheme(
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

/**
 * The scheme of a Service's load balancer. Undefined if only the address decides: the Service sets no scheme, and the
 * address is from a pool or a tailnet.
 */
export function schemeOf(loadBalancer: LoadBalancer, service: Schemed): 'internal' | 'public' | undefined {
  const { defaultScheme } = loadBalancer;
  const byDefault = defaultScheme === 'pool' || defaultScheme === 'tailnet' ? undefined : defaultScheme;
  return explicitScheme(loadBalancer, service) ?? byDefault;
}

/** The annotations that can set the scheme of a Service. */
export function schemeKeys(loadBalancer: LoadBalancer): string[] {
  const { internal, public: open } = loadBalancer;
  const written = [internal, open].flatMap((change) => Object.keys(change?.annotations ?? {}));
  return [...new Set([...written, ...wordsOf(loadBalancer).map(({ annotation }) => annotation)])];
}

function wordsOf({ schemeAnnotations, internal, public: open }: LoadBalancer): readonly SchemeAnnotation[] {
  if (schemeAnnotations) return schemeAnnotations;
  const exactly = (value: string) => new RegExp(`^${value}$`);
  return [
    ...Object.entries(internal?.annotations ?? {}).map(([annotation, value]) => ({
      annotation,
      internal: exactly(value),
    })),
    ...Object.entries(open?.annotations ?? {}).map(([annotation, value]) => ({ annotation, public: exactly(value) })),
  ];
}
