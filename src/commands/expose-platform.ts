import type { Service } from 'kubernetes-types/core/v1';
import { nearestOf } from '../arguments/nearest.ts';
import { shellWord } from '../errors/shell-word.ts';
import { UsageError } from '../errors/usage-error.ts';
import { ownLoadBalancerName } from '../exposure/ownership.ts';
import type { ExposeRequest } from '../exposure/plan/expose-request.ts';
import { nodesRequest } from '../exposure/what-to-collect.ts';
import { observe } from '../kubernetes/collect.ts';
import { type Detected, detectPlatforms } from '../platforms/detect.ts';
import { type AskedScheme, loadBalancerSchemes, platformIds } from '../platforms/ids.ts';
import type { LoadBalancer } from '../platforms/platform.ts';
import { type ChosenScheme, chooseScheme, loadBalancerNamed, loadBalancersFor } from '../platforms/scheme.ts';
import { loadBalancerWorkloads } from '../platforms/signs.ts';
import { keyOf } from '../snapshot/object-reference.ts';
import { collectionPath } from '../snapshot/resource-paths.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import { itemsOf } from '../snapshot/topics.ts';
import type { ExposeFlagValues } from './expose-flags.ts';
import type { ExposeCall } from './prepare-expose.ts';

/** What the platform has to do with an `expose`. */
export interface PlatformPart {
  readonly request: ExposeRequest;
  /** What was set and why, what the platform does by itself, and what is not verified: a line each. */
  readonly notes: readonly string[];
}

/** Reads `--scheme` and `--platform`. @throws UsageError */
export function readScheme(flags: ExposeFlagValues): AskedScheme | undefined {
  const scheme = loadBalancerSchemes.find((each) => each === flags.scheme);
  if (flags.scheme !== undefined && !scheme) {
    throw new UsageError(
      `--scheme ${flags.scheme}: unknown`,
      `--scheme takes one of ${loadBalancerSchemes.join(', ')}`,
    );
  }
  const { platform } = flags;
  if (platform === undefined) return scheme;
  if (scheme === undefined || scheme === 'default') {
    throw new UsageError(
      '--platform says whose annotations --scheme writes',
      'add --scheme internal or --scheme public',
    );
  }
  if (!platformIds.some((each) => each === platform)) {
    const nearest = nearestOf(platform, platformIds);
    throw new UsageError(
      `--platform ${platform}: unknown`,
      nearest ? `did you mean ${nearest}?` : 'docs/platforms.md has all of them',
    );
  }
  // What has no such notion is refused before anything is asked.
  chooseScheme(scheme, [loadBalancerNamed(platform)]);
  return scheme;
}

/**
 * Writes the scheme into a request for a load balancer, and tells what the platform does by itself. The platform is looked
 * at only where something hangs on it: a scheme is asked for, or a load balancer is made for the first time.
 */
export async function withPlatform(
  request: ExposeRequest,
  snapshot: Snapshot,
  { flags, connection }: ExposeCall,
): Promise<PlatformPart> {
  const scheme = readScheme(flags);
  const { skyCluster, mode } = request;
  const key = `${skyCluster.namespace}/${ownLoadBalancerName(skyCluster.nameOnCloud)}`;
  const live = itemsOf(snapshot.topics.services).find((each) => keyOf(each) === key);
  if (mode !== 'loadbalancer' || scheme === 'default' || (scheme === undefined && live)) return { request, notes: [] };
  const candidates = flags.platform
    ? [loadBalancerNamed(flags.platform)]
    : loadBalancersFor(detectPlatforms(await withSigns(snapshot, connection)), request.loadBalancerClass);
  const limits = limitNotes(candidates, portsAfter(live, request));
  if (scheme === undefined) return { request, notes: [...limits, ...defaultNotes(candidates)] };
  const chosen = chooseScheme(scheme, candidates);
  if (live) refuseSwitch(live, chosen, skyCluster.displayName);
  return { request: withChange(request, chosen, scheme), notes: [...limits, ...schemeNotes(scheme, chosen)] };
}

async function withSigns(snapshot: Snapshot, connection: ExposeCall['connection']): Promise<Snapshot> {
  const { apiGroups, serverVersion } = await import('../kubernetes/collect-standing.ts');
  const pods = { path: collectionPath('Pod', null), labelSelector: loadBalancerWorkloads };
  const [nodes, loadBalancerPods, groups, version] = await Promise.all([
    observe(connection, nodesRequest),
    observe(connection, pods),
    apiGroups(connection),
    serverVersion(connection),
  ]);
  const seen = { nodes, loadBalancerPods, apiGroups: groups, serverVersion: version } as Partial<Snapshot['topics']>;
  return { ...snapshot, topics: { ...snapshot.topics, ...seen } };
}

/** How many ports the Service will have. */
function portsAfter(live: Service | undefined, { ports }: ExposeRequest): number {
  return new Set([...(live?.spec?.ports ?? []).map(({ port }) => port), ...ports.map(({ servicePort }) => servicePort)])
    .size;
}

/** @returns warnings for limits that can be raised @throws UsageError for one that cannot */
function limitNotes(candidates: readonly Detected<LoadBalancer>[], count: number): string[] {
  const [only, second] = candidates;
  if (!only || second) return [];
  return only.what.limits.flatMap(({ ports, what, adjustable, source }) => {
    if (count <= ports) return [];
    const fact = `${count} ports are more than the ${ports} ${what} (${only.what.title}; ${source})`;
    if (adjustable) return [`warning: ${fact}, unless that was raised`];
    throw new UsageError(fact, 'name the ports that are needed, or take --mode ingress: one address for all of them');
  });
}

/** @throws UsageError when the Service has another scheme: no load balancer is switched in place for sure */
function refuseSwitch({ metadata, spec }: Service, { change, loadBalancer }: ChosenScheme, displayName: string): void {
  const other = loadBalancer.internal === change ? loadBalancer.public : loadBalancer.internal;
  const has = (key: string, value: string) => metadata?.annotations?.[key] === value;
  const isSo = Object.entries(change.annotations).every(([key, value]) => has(key, value));
  const isOther = Object.entries(other?.annotations ?? {}).some(([key, value]) => has(key, value));
  const isClass = change.loadBalancerClass === undefined || change.loadBalancerClass === spec?.loadBalancerClass;
  if (isSo && isClass && !(isOther && Object.keys(change.annotations).length === 0)) return;
  throw new UsageError(
    `Service ${metadata?.name} was made with another scheme, and a load balancer is not switched in place safely`,
    `kubectl skyports unexpose ${shellWord(displayName)} --mode loadbalancer   then expose again`,
  );
}

function withChange(request: ExposeRequest, { change }: ChosenScheme, scheme: string): ExposeRequest {
  const { set, remove } = request.annotations;
  const twice = Object.keys(change.annotations).find((key) => Object.hasOwn(set, key) || remove.includes(key));
  if (twice) {
    throw new UsageError(`--scheme ${scheme} and --annotation both say ${twice}`, 'leave out one of them');
  }
  const { loadBalancerClass = change.loadBalancerClass } = request;
  return { ...request, loadBalancerClass, annotations: { set: { ...set, ...change.annotations }, remove } };
}

function schemeNotes(scheme: string, { loadBalancer, because, change }: ChosenScheme): string[] {
  const written = [
    ...Object.entries(change.annotations).map(([key, value]) => `${key}=${value}`),
    ...(change.loadBalancerClass ? [`loadBalancerClass ${change.loadBalancerClass}`] : []),
  ];
  const what = written.length > 0 ? written.join(', ') : 'nothing to write, it is the default';
  return [`scheme ${scheme}: ${what} (${loadBalancer.title}; ${because})`, ...unverifiedNotes(loadBalancer)];
}

/** Nobody expects an address that cannot be called from outside. */
function defaultNotes(candidates: readonly Detected<LoadBalancer>[]): string[] {
  const [only, second] = candidates;
  if (!only || second || only.what.defaultScheme !== 'internal') return [];
  const { title } = only.what;
  return [
    `note: ${title} makes internal load balancers unless told otherwise (${only.because}): --scheme public makes a public one`,
    ...unverifiedNotes(only.what),
  ];
}

function unverifiedNotes({ title, unverified }: LoadBalancer): string[] {
  return unverified.map((fact) => `not verified of ${title}: ${fact}`);
}
