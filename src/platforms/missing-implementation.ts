import { advice, type CommandPart, type Cure, part } from '../errors/cure.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import { itemsOf } from '../snapshot/topics.ts';
import { allLoadBalancers } from './all-platforms.ts';
import { ciliumPoolCure } from './cilium-setup.ts';
import { type Detection, detectPlatforms } from './detect.ts';
import { isPlatformSeen, isServedUnasked } from './implementation.ts';
import { installMetallb } from './metallb-setup.ts';
import type { LoadBalancer } from './platform.ts';

/** A Service port that is not free on the nodes, and a port that is free. */
export interface OtherPort {
  readonly port: number;
  readonly free: number;
}

/** Why a Service will not get an address. */
export interface PendingReason {
  readonly cause: string;
  readonly advice: string;
  /** A command that shows details or fixes the problem. It comes before all other cures. */
  readonly look?: Cure;
  /** Commands that fix the problem, in this order. */
  readonly steps?: readonly Cure[];
  /** Flags for `expose` that fix the problem. They work only on a Service that this plugin created. */
  readonly flags?: CommandPart;
  /** Set if the Service gets an address with another Service port. */
  readonly otherPort?: OtherPort;
  /** Set if `externalTrafficPolicy: Cluster` fixes the problem. */
  readonly isOfLocalPolicy?: true;
  /** Whether the platform is known to cause the problem. Otherwise, the reason is a guess. */
  readonly isOfPlatform?: boolean;
  /** Whether the reason is certain. Otherwise, it is likely or a guess. */
  readonly isSure?: boolean;
  /** Set if nothing in the snapshot proves the reason. Then the messages and facts of a controller rank above it. */
  readonly isGuess?: true;
}

/** The cures of a reason: `look`, then the steps, then the advice. */
export function curesOf({ advice: words, look, steps = [] }: Pick<PendingReason, 'advice' | 'look' | 'steps'>): Cure[] {
  return [...(look ? [look] : []), ...steps, ...(words === '' ? [] : [advice(words)])];
}

/**
 * Reports that no load balancer gives addresses to Services. Undefined if a load balancer does, or if too little was
 * seen. The report is never certain, because some implementations leave no sign in the cluster, such as
 * cloud-provider-kind.
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

/** Reports a load balancer that only serves Services of its own class, such as the Tailscale operator. */
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
 * Reports that none of the detected load balancers serves a class. Undefined if one of them serves it, or if no load
 * balancer was detected. A waiting Service of this class proves nothing, because it only shows what a user requested.
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
  // A known load balancer serves this class. It may be installed, unless enough was seen to rule this out.
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

/** The load balancer that is known to serve a class; undefined if no known load balancer serves it. */
export function classOwner(loadBalancerClass: string): LoadBalancer | undefined {
  return allLoadBalancers.find(({ classes }) => classes.includes(loadBalancerClass));
}

function nothing({ platforms }: Detection, snapshot: Snapshot): PendingReason {
  const platform = platforms.find(({ what }) => what.setupHint !== undefined)?.what;
  const cause = `nothing that was seen here gives Services addresses${platform ? ` (${platform.title})` : ''}`;
  const cloud = platform ? undefined : unknownCloudOf(snapshot);
  if (cloud !== undefined) {
    // Most clouds drop packets with addresses that they did not assign (https://metallb.io/installation/clouds/).
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

/**
 * The scheme of the nodes' providerID, such as `vultr`. A cloud controller sets the providerID. Undefined if no node
 * has one.
 */
function unknownCloudOf({ topics }: Snapshot): string | undefined {
  const schemes = itemsOf(topics.nodes).map(({ spec }) => /^([a-z][a-z0-9-]*):\/\//.exec(spec?.providerID ?? '')?.[1]);
  return schemes.find((scheme) => scheme !== undefined);
}
