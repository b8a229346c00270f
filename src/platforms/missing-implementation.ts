import { advice, type CommandPart, type Cure, part } from '../errors/cure.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import { itemsOf } from '../snapshot/topics.ts';
import { allLoadBalancers } from './all-platforms.ts';
import { ciliumPoolCure } from './cilium-setup.ts';
import { type Detection, detectPlatforms } from './detect.ts';
import { isPlatformSeen, isServedUnasked } from './implementation.ts';
import { installMetallb } from './metallb-setup.ts';
import type { LoadBalancer } from './platform.ts';

/** Why a Service will not get an address. */
export interface PendingReason {
  readonly cause: string;
  readonly advice: string;
  /** A command that shows more, or fixes it. It comes first. */
  readonly look?: Cure;
  /** Commands that fix it, in this order. */
  readonly steps?: readonly Cure[];
  /** Flags with which `expose` fixes it on a Service that this plugin created. */
  readonly flags?: CommandPart;
  /** Whether `externalTrafficPolicy: Cluster` fixes it. */
  readonly isOfLocalPolicy?: true;
  /** Whether the platform is known to cause it; else it is a guess. */
  readonly isOfPlatform?: boolean;
  /** Whether it is certain; else it is likely, or a guess. */
  readonly isSure?: boolean;
  /** Set if nothing in the snapshot shows it. A controller's message and facts come before a guess. */
  readonly isGuess?: true;
}

/** The cures of a reason: the command that shows more, then the steps, then the advice. */
export function curesOf({ advice: words, look, steps = [] }: Pick<PendingReason, 'advice' | 'look' | 'steps'>): Cure[] {
  return [...(look ? [look] : []), ...steps, ...(words === '' ? [] : [advice(words)])];
}

/**
 * Reports that nothing gives Services addresses. Undefined if something does, or if too little was seen. It is never
 * certain, because some implementations leave no sign in the cluster (cloud-provider-kind).
 */
export function nothingGivesAddresses(snapshot: Snapshot): PendingReason | undefined {
  if (itemsOf(snapshot.topics.services).some(isServedUnasked)) return undefined;
  const detection = detectPlatforms(snapshot);
  const loadBalancers = detection.loadBalancers.filter(({ what }) => !what.needsClass);
  const [whileRun] = loadBalancers.map(({ what }) => what.givesOnlyWhile);
  if (whileRun && loadBalancers.every(({ what }) => what.givesOnlyWhile)) return { ...whileRun, isOfPlatform: true };
  if (loadBalancers.length > 0 || !isPlatformSeen(snapshot)) return undefined;
  const { ciliumPools } = snapshot.topics;
  if (ciliumPools.observed && ciliumPools.items.length === 0) {
    return {
      cause: 'nothing that was seen here gives Services addresses; Cilium could, and has no CiliumLoadBalancerIPPool',
      advice: '',
      steps: [ciliumPoolCure],
    };
  }
  return onlyWithClass(detection) ?? nothing(detection, snapshot);
}

/** Reports a load balancer that only serves Services of its class, such as Tailscale's operator. */
function onlyWithClass({ loadBalancers }: Detection): PendingReason | undefined {
  const found = loadBalancers.find(({ what }) => what.needsClass && what.classes.length > 0)?.what;
  if (!found) return undefined;
  const [name] = found.classes;
  return {
    cause: `nothing that was seen here gives addresses to Services without a class; ${found.title} gives them to Services of class ${name}`,
    isOfPlatform: false,
    flags: part`--load-balancer-class ${name}`,
    advice: found.alternative ?? '',
  };
}

/**
 * Reports that no detected load balancer serves a class; undefined if one does, or if none was detected. Services of
 * this class that wait for an address do not count for the detection: they only show what a user asked for.
 */
export function nobodyServesClass(loadBalancerClass: string, snapshot: Snapshot): PendingReason | undefined {
  const { services } = snapshot.topics;
  const others = itemsOf(services).filter(
    ({ spec, status }) => !spec?.loadBalancerClass || (status?.loadBalancer?.ingress ?? []).length > 0,
  );
  const seen = services.observed
    ? { ...snapshot, topics: { ...snapshot.topics, services: { ...services, items: others } } }
    : snapshot;
  const { loadBalancers } = detectPlatforms(seen);
  if (loadBalancers.length === 0) return undefined;
  if (loadBalancers.some(({ what }) => what.classes.includes(loadBalancerClass))) return undefined;
  // If a known load balancer serves the class, more has to be seen to conclude that it is missing.
  if (classOwner(loadBalancerClass) && !isPlatformSeen(snapshot)) return undefined;
  const titles = loadBalancers.map(({ what }) => what.title).join(', ');
  const flags = loadBalancers.flatMap(({ what: { title, classFlag } }) =>
    classFlag ? [`${title} serves the class that its ${classFlag} names`] : [],
  );
  return {
    cause: `what was seen here (${titles}) is not known to serve it`,
    advice: flags.join('; '),
  };
}

/** The load balancer that is known to serve a class; undefined if none is. */
export function classOwner(loadBalancerClass: string): LoadBalancer | undefined {
  return allLoadBalancers.find(({ classes }) => classes.includes(loadBalancerClass));
}

function nothing({ platforms }: Detection, snapshot: Snapshot): PendingReason {
  const platform = platforms.find(({ what }) => what.setupHint !== undefined)?.what;
  const cause = `nothing that was seen here gives Services addresses${platform ? ` (${platform.title})` : ''}`;
  const cloud = platform ? undefined : unknownCloudOf(snapshot);
  if (cloud !== undefined) {
    // Most clouds drop packets of addresses that they did not give out (https://metallb.io/installation/clouds/).
    const advice = `see whether the cloud controller of ${cloud} runs and makes load balancers; MetalLB works in few clouds`;
    return { cause: `${cause}; the nodes are of ${cloud}`, isOfPlatform: false, advice };
  }
  return {
    cause,
    isOfPlatform: platform !== undefined,
    ...(platform?.setupCure && { look: platform.setupCure }),
    ...((!platform || platform.takesMetallb) && { steps: installMetallb }),
    advice: platform?.setupHint ?? '',
  };
}

/** The scheme of the nodes' providerID, such as `vultr`, which a cloud controller sets; undefined if they have none. */
function unknownCloudOf({ topics }: Snapshot): string | undefined {
  const schemes = itemsOf(topics.nodes).map(({ spec }) => /^([a-z][a-z0-9-]*):\/\//.exec(spec?.providerID ?? '')?.[1]);
  return schemes.find((scheme) => scheme !== undefined);
}
