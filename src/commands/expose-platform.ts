import type { Service } from 'kubernetes-types/core/v1';
import { shellWord } from '../errors/shell-word.ts';
import { UsageError } from '../errors/usage-error.ts';
import { ownLoadBalancerName } from '../exposure/ownership.ts';
import type { ExposeRequest } from '../exposure/plan/expose-request.ts';
import type { View } from '../exposure/view.ts';
import { type Detected, detectPlatforms } from '../platforms/detect.ts';
import type { LoadBalancer } from '../platforms/platform.ts';
import { type ChosenScheme, chooseScheme, loadBalancerNamed, loadBalancersFor } from '../platforms/scheme.ts';
import { withAnnotations } from './added-metadata.ts';
import { type AskedOfPlatform, asksPlatform, readAskedOfPlatform } from './expose-platform-flags.ts';
import { withHealthCheck } from './expose-platform-health.ts';
import { addedPorts, limitNotes, refuseTakenPorts } from './expose-platform-limits.ts';
import { withPlace } from './expose-platform-place.ts';
import { withSigns } from './platform-signs.ts';
import type { ExposeCall } from './prepare-expose.ts';

/** What the platform has to do with an `expose`. */
export interface PlatformPart {
  readonly request: ExposeRequest;
  /** What was set and why, what the platform does by itself, and what is not verified: a line each. */
  readonly notes: readonly string[];
}

/**
 * Writes into a request for a load balancer what its platform needs for what was asked, and tells what it does by itself.
 * The platform is looked at only where something hangs on it: it was asked for something, or ports are added.
 */
export async function withPlatform(
  request: ExposeRequest,
  view: View,
  { flags, connection, given }: ExposeCall,
): Promise<PlatformPart> {
  const asked = readAskedOfPlatform(flags);
  const { skyCluster, mode } = request;
  if (mode !== 'loadbalancer') return { request, notes: [] };
  const live = view.services.get(`${skyCluster.namespace}/${ownLoadBalancerName(skyCluster.nameOnCloud)}`);
  const withPolicy = { ...request, externalTrafficPolicy: asked.trafficPolicy };
  if (!asksPlatform(asked) && addedPorts(live, request).length === 0) return { request: withPolicy, notes: [] };
  const candidates = asked.platform
    ? [loadBalancerNamed(asked.platform)]
    : loadBalancersFor(detectPlatforms(await withSigns(view.snapshot, connection)), request.loadBalancerClass);
  const limits = limitNotes(candidates, live, request);
  await refuseTakenPorts(candidates, live, request, connection);
  const placed = await withPlace(withPolicy, asked, { candidates, live, connection });
  const part = withScheme(placed.request, asked, candidates, live);
  const healthy = await withHealthCheck(part.request, asked, {
    ...{ candidates, live, connection },
    namedPorts: given.namedPorts,
  });
  return { request: healthy.request, notes: [...limits, ...placed.notes, ...part.notes, ...healthy.notes] };
}

function withScheme(
  request: ExposeRequest,
  { scheme }: AskedOfPlatform,
  candidates: readonly Detected<LoadBalancer>[],
  live: Service | undefined,
): PlatformPart {
  if (scheme === 'default') return { request, notes: [] };
  if (scheme === undefined) return { request, notes: live ? [] : defaultNotes(candidates) };
  const chosen = chooseScheme(scheme, candidates);
  if (live) refuseSwitch(live, chosen, request.skyCluster.displayName);
  return { request: withChange(request, chosen, scheme), notes: schemeNotes(scheme, chosen) };
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
  const { loadBalancerClass = change.loadBalancerClass } = request;
  const annotations = withAnnotations(request, change.annotations, `--scheme ${scheme}`);
  return { ...request, loadBalancerClass, annotations };
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
