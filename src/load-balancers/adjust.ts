import type { Service } from 'kubernetes-types/core/v1';
import { advice, type Cure, command, cure } from '../errors/cure.ts';
import { UsageError } from '../errors/usage-error.ts';
import { externalAddressesOf } from '../exposure/external-addresses.ts';
import { ownLoadBalancerName } from '../exposure/ownership.ts';
import type { ExposeRequest } from '../exposure/plan/expose-request.ts';
import { replaceLoadBalancer } from '../exposure/plan/unexpose-command.ts';
import type { SnapshotIndex } from '../exposure/snapshot-index.ts';
import { writtenModeOf } from '../modes/all-modes.ts';
import { cureLines } from '../output/cure-lines.ts';
import { unverifiedOfLoadBalancer } from '../platforms/all-platforms.ts';
import { type Detected, type Detection, detectPlatforms } from '../platforms/detect.ts';
import { implementationsOf } from '../platforms/implementation.ts';
import { nothingGivesAddresses } from '../platforms/missing-implementation.ts';
import type { LoadBalancer } from '../platforms/platform.ts';
import {
  type ChosenScheme,
  chooseScheme,
  loadBalancersFor,
  refuseForSkyPilot,
  schemeKeys,
  schemeOf,
} from '../platforms/scheme.ts';
import { operandOf } from '../skypilot/operand.ts';
import type { SkyCluster } from '../skypilot/sky-cluster.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import { itemsOf } from '../snapshot/topics.ts';
import { type Adjusted, type LoadBalancerContext, type LoadBalancerOptions, needsLoadBalancer } from './context.ts';
import { collectPlatformEvidence, platformNamed, requirePlatformEvidence } from './evidence.ts';
import { withHealthCheck } from './health-check.ts';
import { addedPorts, limitNotes, refuseTakenPorts } from './limits.ts';
import { withAnnotations } from './merge-metadata.ts';
import { withPlace } from './place.ts';

/** The parts of a command that determine how its load balancer is set up. */
export interface AdjustCall extends Pick<LoadBalancerContext, 'forSkyPilot' | 'namedPorts' | 'connection'> {
  readonly options: LoadBalancerOptions;
  /** Adds the connection flags of the command to cures. */
  readonly curesHere: (cures: readonly Cure[]) => readonly Cure[];
}

/**
 * Adds the load balancer's settings for the options to a request. The notes explain these settings and the load
 * balancer's defaults. The platform is detected only if an option or a new port needs it.
 */
export async function adjustForLoadBalancer(
  request: ExposeRequest,
  view: SnapshotIndex,
  { options, forSkyPilot, namedPorts, connection, curesHere }: AdjustCall,
): Promise<Adjusted> {
  const { skyCluster, mode } = request;
  if (!writtenModeOf(mode)?.takesLoadBalancer) return { request, notes: [] };
  // SkyPilot's configuration applies only to new Services, so ignore existing ones.
  const key = `${skyCluster.namespace}/${ownLoadBalancerName(skyCluster.nameOnCloud)}`;
  const live = forSkyPilot ? undefined : view.services.get(key);
  const withPolicy = { ...request, externalTrafficPolicy: options.trafficPolicy };
  if (!needsLoadBalancer(options) && addedPorts(live, request).length === 0) return { request: withPolicy, notes: [] };
  const seen = options.platform ? view.snapshot : await collectPlatformEvidence(view.snapshot, connection);
  const candidates = options.platform
    ? [platformNamed(options.platform)]
    : candidatesFor(live, request, detectPlatforms(seen));
  if (candidates.length === 0 && needsLoadBalancer(options))
    requirePlatformEvidence(seen, 'add --platform NAME to name it');
  const pending = forSkyPilot || options.platform ? [] : absenceNotes(seen, live, request, curesHere);
  const limits = limitNotes(candidates, live, request);
  if (!forSkyPilot) await refuseTakenPorts(candidates, live, request, connection);
  const services = itemsOf(view.snapshot.topics.services);
  const context = { candidates, live, services, forSkyPilot, namedPorts, connection };
  const placed = await withPlace(withPolicy, options, context);
  const schemed = withScheme(placed.request, options, context);
  const healthy = await withHealthCheck(schemed.request, options, context);
  const notes = [pending, limits, placed.notes, schemed.notes, healthy.notes].flat();
  return { request: healthy.request, notes };
}

/**
 * The load balancers that may serve the Service. An existing Service stays with its controller, even if another
 * controller would serve new Services.
 */
function candidatesFor(live: Service | undefined, { loadBalancerClass }: ExposeRequest, detection: Detection) {
  return live ? implementationsOf(live, detection) : loadBalancersFor(detection, loadBalancerClass);
}

function withScheme(
  request: ExposeRequest,
  { scheme }: LoadBalancerOptions,
  { candidates, live, forSkyPilot }: LoadBalancerContext,
): Adjusted {
  if (scheme === 'default') return { request, notes: [] };
  if (scheme === undefined) return { request, notes: live ? [] : defaultNotes(candidates) };
  const chosen = chooseScheme(scheme, candidates);
  if (forSkyPilot) refuseForSkyPilot(chosen);
  refuseContradiction(request, chosen);
  if (live) refuseSwitch(live, chosen, request.skyCluster);
  return { request: withChange(request, chosen), notes: schemeNotes(chosen) };
}

/**
 * Refuses to change the scheme of an existing Service, because many load balancers cannot switch.
 *
 * @throws UsageError if the existing Service has another scheme
 */
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
    `Service ${metadata?.name} was created with another scheme, and a load balancer cannot be switched safely in place`,
    replaceLoadBalancer(skyCluster),
  );
}

/**
 * Refuses a request in which another flag contradicts `--scheme`.
 *
 * @throws UsageError if `--annotation` sets the scheme too, or if the load balancer class has another scheme
 */
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

function schemeNotes({ scheme, loadBalancer, reason, change }: ChosenScheme): string[] {
  const written = [
    ...Object.entries(change.annotations).map(([key, value]) => `${key}=${value}`),
    ...(change.loadBalancerClass ? [`loadBalancerClass ${change.loadBalancerClass}`] : []),
  ];
  const what = written.length > 0 ? written.join(', ') : 'nothing to write, it is the default';
  return [`scheme ${scheme}: ${what} (${loadBalancer.title}; ${reason})`, ...unverifiedOfLoadBalancer(loadBalancer)];
}

/** Notes for load balancers that are internal by default, because users do not expect this. */
function defaultNotes(candidates: readonly Detected<LoadBalancer>[]): string[] {
  const isOnly = candidates.length === 1;
  return candidates
    .filter(({ what }) => what.defaultScheme === 'internal')
    .flatMap(({ what, reason }) => [
      `note: ${title(what, isOnly)} creates internal load balancers by default (${reason})`,
      ...cureLines([advice(`add --scheme public${isOnly ? '' : ` --platform ${what.id}`} for a public one`)]),
      ...unverifiedOfLoadBalancer(what),
    ]);
}

function title({ title }: LoadBalancer, isOnly: boolean): string {
  return isOnly ? title : `${title}, which may give the address,`;
}

/**
 * Warns that a Service would never get an address, and names a mode or a class that works. This happens before anything
 * is written.
 *
 * @param live the existing Service of this plugin, if any
 * @returns lines of text; empty if a load balancer gives addresses, or if too little was seen to know this
 */
function absenceNotes(
  seen: Snapshot,
  live: Service | undefined,
  request: ExposeRequest,
  curesHere: AdjustCall['curesHere'],
): string[] {
  const hasAddress = live !== undefined && externalAddressesOf(live).length > 0;
  if (hasAddress || request.loadBalancerClass !== undefined) return [];
  const pending = nothingGivesAddresses(seen);
  if (!pending) return [];
  const { skyCluster, ports } = request;
  const words = ports.map(({ servicePort, targetPort }) =>
    servicePort === targetPort ? `${servicePort}` : `${servicePort}:${targetPort}`,
  );
  const onNodes = cure(
    command`kubectl skyports expose ${operandOf(skyCluster)} ${words} -n ${skyCluster.namespace} --mode nodeport`,
    'opens the ports on the nodes, which needs no load balancer',
  );
  const { flags } = pending;
  const withClass =
    flags &&
    cure(
      command`kubectl skyports expose ${operandOf(skyCluster)} ${words} -n ${skyCluster.namespace} --mode loadbalancer ${flags}`,
      'creates a Service of that class',
    );
  const install = cure(command`kubectl skyports doctor --mode loadbalancer`, 'shows how to install one');
  const hasHint = pending.advice !== '';
  const cures = [
    ...curesHere([...(withClass ? [withClass] : []), onNodes, ...(withClass || hasHint ? [] : [install])]),
    ...(withClass || !hasHint ? [] : [advice(`or: ${pending.advice}`)]),
  ];
  return [`warning: ${pending.cause}: the Service will wait for an address`, ...cureLines(cures)];
}
