import type { Service } from 'kubernetes-types/core/v1';
import { advice } from '../errors/cure.ts';
import { UsageError } from '../errors/usage-error.ts';
import { ownLoadBalancerName } from '../exposure/ownership.ts';
import type { ExposeRequest } from '../exposure/plan/expose-request.ts';
import { replaceLoadBalancer } from '../exposure/plan/unexpose-command.ts';
import type { View } from '../exposure/view.ts';
import { writtenModeOf } from '../modes/all-modes.ts';
import { cureLines } from '../output/cure-lines.ts';
import { type Detected, type Detection, detectPlatforms } from '../platforms/detect.ts';
import { makersOf } from '../platforms/maker.ts';
import type { LoadBalancer } from '../platforms/platform.ts';
import {
  type ChosenScheme,
  chooseScheme,
  loadBalancersFor,
  refuseForSkyPilot,
  schemeKeys,
  schemeOf,
} from '../platforms/scheme.ts';
import { unverifiedOfLoadBalancer } from '../platforms/unverified.ts';
import type { SkyCluster } from '../skypilot/sky-cluster.ts';
import { itemsOf } from '../snapshot/topics.ts';
import { withAnnotations } from './added-metadata.ts';
import { type AskedOfPlatform, asksPlatform } from './expose-platform-flags.ts';
import { withHealthCheck } from './expose-platform-health.ts';
import { addedPorts, limitNotes, refuseTakenPorts } from './expose-platform-limits.ts';
import { withPlace } from './expose-platform-place.ts';
import { absenceNotes } from './expose-without-balancer.ts';
import { platformNamed } from './platform-flag.ts';
import { refuseUnseenSigns, withSigns } from './platform-signs.ts';
import type { ExposeCall } from './prepare-expose.ts';

/** What the platform has to do with an `expose`. */
export interface PlatformPart {
  readonly request: ExposeRequest;
  /** What was set and why, what the platform does by itself, and what is not verified: a line each. */
  readonly notes: readonly string[];
}

/**
 * Writes into a request for a load balancer what its platform needs for what was asked, and says what it does by itself.
 * The platform is looked at only if something depends on it: it was asked for something, or ports are added.
 */
export async function withPlatform(
  request: ExposeRequest,
  view: View,
  { asked, flags, connection, connectionValues, given }: ExposeCall,
): Promise<PlatformPart> {
  const { skyCluster, mode } = request;
  if (!writtenModeOf(mode)?.takesLoadBalancer) return { request, notes: [] };
  // What is printed for SkyPilot's configuration is for new Services.
  const forSkyPilot = flags['print-sky-config'] ?? false;
  const key = `${skyCluster.namespace}/${ownLoadBalancerName(skyCluster.nameOnCloud)}`;
  const live = forSkyPilot ? undefined : view.services.get(key);
  const withPolicy = { ...request, externalTrafficPolicy: asked.trafficPolicy };
  if (!asksPlatform(asked) && addedPorts(live, request).length === 0) return { request: withPolicy, notes: [] };
  const seen = asked.platform ? view.snapshot : await withSigns(view.snapshot, connection);
  const candidates = asked.platform
    ? [platformNamed(asked.platform)]
    : candidatesFor(live, request, detectPlatforms(seen));
  if (candidates.length === 0 && asksPlatform(asked)) refuseUnseenSigns(seen, 'add --platform NAME to name it');
  const absence = forSkyPilot || asked.platform ? [] : absenceNotes(seen, live, request, connectionValues);
  const limits = limitNotes(candidates, live, request);
  if (!forSkyPilot) await refuseTakenPorts(candidates, live, request, connection);
  const services = itemsOf(view.snapshot.topics.services);
  const placed = await withPlace(withPolicy, asked, { candidates, live, services, forSkyPilot, connection });
  const part = withScheme(placed.request, asked, { candidates, live, forSkyPilot });
  const healthy = await withHealthCheck(part.request, asked, {
    ...{ candidates, live, connection },
    namedPorts: given.namedPorts,
  });
  return { request: healthy.request, notes: [...absence, ...limits, ...placed.notes, ...part.notes, ...healthy.notes] };
}

/** A Service that is there is whose it is, whoever takes new ones. */
function candidatesFor(live: Service | undefined, { loadBalancerClass }: ExposeRequest, detection: Detection) {
  return live ? makersOf(live, detection) : loadBalancersFor(detection, loadBalancerClass);
}

function withScheme(
  request: ExposeRequest,
  { scheme }: AskedOfPlatform,
  {
    candidates,
    live,
    forSkyPilot,
  }: {
    readonly candidates: readonly Detected<LoadBalancer>[];
    readonly live: Service | undefined;
    readonly forSkyPilot: boolean;
  },
): PlatformPart {
  if (scheme === 'default') return { request, notes: [] };
  if (scheme === undefined) return { request, notes: live ? [] : defaultNotes(candidates) };
  const chosen = chooseScheme(scheme, candidates);
  if (forSkyPilot) refuseForSkyPilot(chosen);
  refuseContradiction(request, chosen);
  if (live) refuseSwitch(live, chosen, request.skyCluster);
  return { request: withChange(request, chosen), notes: schemeNotes(chosen) };
}

/** @throws UsageError when the Service has another scheme: no load balancer is switched in place for sure */
function refuseSwitch(
  { metadata, spec }: Service,
  { scheme, change, loadBalancer }: ChosenScheme,
  skyCluster: SkyCluster,
): void {
  const { loadBalancerClass } = spec ?? {};
  const isClass = change.loadBalancerClass === undefined || change.loadBalancerClass === loadBalancerClass;
  const current = schemeOf(loadBalancer, { annotations: metadata?.annotations ?? {}, loadBalancerClass });
  if (isClass && current === scheme) return;
  throw new UsageError(
    'immutable-scheme',
    `Service ${metadata?.name} was made with another scheme, and a load balancer is not switched in place safely`,
    replaceLoadBalancer(skyCluster),
  );
}

/** @throws UsageError when something that is set by hand says a scheme, too */
function refuseContradiction(
  { annotations: { set }, loadBalancerClass }: ExposeRequest,
  { scheme, loadBalancer, change }: ChosenScheme,
): void {
  const key = schemeKeys(loadBalancer).find((each) => Object.hasOwn(set, each));
  if (key) {
    throw new UsageError('flags-exclude-each-other', `--scheme ${scheme} and --annotation both set ${key}`, [
      advice('leave out one of them'),
    ]);
  }
  if (loadBalancerClass === undefined) return;
  const needed = change.loadBalancerClass ?? loadBalancerClass;
  const ofClass = loadBalancer.schemeOfClass?.[loadBalancerClass] ?? scheme;
  if (needed === loadBalancerClass && ofClass === scheme) return;
  throw new UsageError(
    'flags-exclude-each-other',
    `--scheme ${scheme} and --load-balancer-class ${loadBalancerClass} contradict each other: ${ofClass === scheme ? `it needs class ${needed}` : `that class is ${ofClass}`}`,
    [advice('leave out one of them')],
  );
}

function withChange(request: ExposeRequest, { change, scheme }: ChosenScheme): ExposeRequest {
  const { loadBalancerClass = change.loadBalancerClass } = request;
  const annotations = withAnnotations(request, change.annotations, `--scheme ${scheme}`);
  return { ...request, loadBalancerClass, annotations };
}

function schemeNotes({ scheme, loadBalancer, because, change }: ChosenScheme): string[] {
  const written = [
    ...Object.entries(change.annotations).map(([key, value]) => `${key}=${value}`),
    ...(change.loadBalancerClass ? [`loadBalancerClass ${change.loadBalancerClass}`] : []),
  ];
  const what = written.length > 0 ? written.join(', ') : 'nothing to write, it is the default';
  return [`scheme ${scheme}: ${what} (${loadBalancer.title}; ${because})`, ...unverifiedOfLoadBalancer(loadBalancer)];
}

/** Says that the address is internal, which users don't expect. */
function defaultNotes(candidates: readonly Detected<LoadBalancer>[]): string[] {
  const isOnly = candidates.length === 1;
  return candidates
    .filter(({ what }) => what.defaultScheme === 'internal')
    .flatMap(({ what, because }) => [
      `note: ${title(what, isOnly)} makes internal load balancers by default (${because})`,
      ...cureLines([advice(`add --scheme public${isOnly ? '' : ` --platform ${what.id}`} for a public one`)]),
      ...unverifiedOfLoadBalancer(what),
    ]);
}

function title({ title }: LoadBalancer, isOnly: boolean): string {
  return isOnly ? title : `${title}, which may give the address,`;
}
