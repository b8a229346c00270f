import { advice } from '../../errors/cure.ts';
import { UsageError } from '../../errors/usage-error.ts';
import type { Endpoint } from '../../exposure/endpoint.ts';
import type { ExposeRequest } from '../../exposure/plan/expose-request.ts';
import { indexSnapshot, type SnapshotIndex } from '../../exposure/snapshot-index.ts';
import { collect, type ListRequests } from '../../kubernetes/snapshots/collect.ts';
import { adjustForLoadBalancer } from '../../load-balancers/adjust.ts';
import { readSkyConfigFiles } from '../../local/sky-config-files.ts';
import { allModes } from '../../modes/all-modes.ts';
import { refuseDangerousPorts } from '../../modes/check-request.ts';
import { type ChosenMode, modeFromCluster, modeFromConfig } from '../../modes/choose-mode.ts';
import { issuerRequest } from '../../modes/ingress/certificates.ts';
import { controllerPodsRequest } from '../../modes/ingress/controller-pods.ts';
import { nodesRequest } from '../../modes/nodeport/mode.ts';
import { type ExposePlan, openedBySkyPilot, planExpose, portsToOpen } from '../../modes/plan-expose.ts';
import { endpointRequests, furtherRequests } from '../../modes/what-to-collect.ts';
import { portsOfSkyConfig } from '../../skypilot/config.ts';
import type { Snapshot } from '../../snapshot/snapshot.ts';
import { curesForThisConnection } from '../connection/cures.ts';
import { skyClusterNamed } from '../sky-cluster/sky-cluster-argument.ts';
import { accessFor, type ExposeCall } from './call.ts';
import { type ExposeArguments, refuseContradictions } from './options.ts';

/**
 * The request of an `expose`, and what the snapshot shows: the SkyPilot cluster, the mode, and the ports that are
 * already open.
 */
export interface ResolvedExpose {
  readonly snapshot: Snapshot;
  readonly view: SnapshotIndex;
  /** The request with all named ports, adjusted to the load balancer. */
  readonly request: ExposeRequest;
  /** The default mode and its reason; undefined if the user named the mode. */
  readonly chosen: ChosenMode | undefined;
  /** The adjustments for the load balancer, one line each. */
  readonly notes: readonly string[];
  /** SkyPilot's own endpoints that already open some of these ports. */
  readonly alreadyOpen: readonly Endpoint[];
}

/** A resolved request with its plan. */
export interface PreparedExpose extends Omit<ResolvedExpose, 'view' | 'alreadyOpen'> {
  readonly plan: ExposePlan;
}

/** The lists to read. If the user named a mode that needs the nodes, they include the nodes. */
export function listsOfExpose({ args, flags, connection }: ExposeCall): ListRequests {
  const { namespace } = connection;
  const { tlsIssuer } = args.request;
  const requests = {
    ...endpointRequests({ namespace, ingressService: flags['ingress-service'] }),
    ...(tlsIssuer && issuerRequest(tlsIssuer.kind, namespace)),
  };
  if (args.mode && allModes[args.mode].needsNodes) return { namespace, requests: { ...requests, nodes: nodesRequest } };
  // If a port is open behind an ingress controller, its Pods are needed. Requested now, they take no round trip.
  return { namespace, requests: { ...requests, controllerPods: controllerPodsRequest }, followUp: furtherRequests };
}

/**
 * Takes a snapshot, resolves the request and plans it.
 *
 * @throws UsageError if the request is refused; Failure if the cluster cannot be read
 */
export async function prepareExpose(call: ExposeCall, look: ListRequests): Promise<PreparedExpose> {
  call.access?.begin();
  const { view, alreadyOpen, ...resolved } = await readExpose(call, look);
  const plan = planExpose(view, resolved.request, alreadyOpen);
  // A plan without --auth has no Secret, but the Secret may need the Services of new ports as owners.
  const isAboutSecrets = call.access !== undefined || [...plan.writes, ...plan.removals].some(isSecret);
  if (!isAboutSecrets) return { ...resolved, plan };
  const access = await accessFor(call);
  return { ...resolved, plan: await access.complete(plan, view, resolved.request) };
}

function isSecret({ kind }: { readonly kind: string }): boolean {
  return kind === 'Secret';
}

/**
 * Takes a snapshot, finds the SkyPilot cluster and chooses the mode.
 *
 * @throws UsageError if the request is refused; Failure if the cluster cannot be read
 */
export async function readExpose(call: ExposeCall, look: ListRequests): Promise<ResolvedExpose> {
  const { args, flags, connection, connectionValues, system } = call;
  const snapshot = await collect(connection, look);
  const view = indexSnapshot(snapshot, { ingressService: flags['ingress-service'] });
  const { skyClusters } = view;
  const lookup = {
    skyClusters,
    namespace: snapshot.namespace,
    pods: snapshot.topics.pods,
    services: snapshot.topics.services,
    prefix: false,
  };
  const skyCluster = await skyClusterNamed(args.name, lookup, connection, system);
  const chosen = args.mode ? undefined : (modeFromCluster(view, skyCluster) ?? (await configuredMode(call)));
  const mode = args.mode ?? chosen!.mode;
  // SkyPilot's Ingress lacks the settings that the named app needs. So this plugin creates its own object for the port.
  const isForApp = args.request.appNeeds !== undefined && allModes[mode].answeredBy === 'controller';
  const besideSkyPilot = args.request.besideSkyPilot || isForApp;
  const closesAt = args.closesAt(connection.now());
  const requested = { ...args.request, skyCluster, mode, besideSkyPilot, closesAt };
  refuseContradictions(flags, requested.mode);
  refuseDangerousPorts(requested);
  const alreadyOpen = openedBySkyPilot(view, requested);
  refuseOpenBeside(alreadyOpen, requested);
  const opened = isForApp ? openedBySkyPilot(view, { ...requested, besideSkyPilot: false }) : [];
  const besides = opened.map(({ port, source }) => besideNote(port, source[0]!.name, args.request));
  // Only ports that are not open yet need a load balancer. --print-sky-config is for new SkyPilot clusters, so all
  // ports count.
  const ports = flags['print-sky-config'] ? requested.ports : portsToOpen(alreadyOpen, requested);
  const { request, notes } =
    ports.length > 0
      ? await adjustForLoadBalancer({ ...requested, ports }, view, {
          ...{ options: call.options, namedPorts: args.namedPorts, connection },
          forSkyPilot: flags['print-sky-config'] ?? false,
          curesHere: (cures) => curesForThisConnection(cures, connectionValues),
        })
      : { request: requested, notes: [] };
  const allNotes = [...besides, ...notes];
  return { snapshot, view, request: { ...request, ports: requested.ports }, chosen, notes: allNotes, alreadyOpen };
}

/**
 * Refuses to limit the callers of ports that SkyPilot's own Ingress opens. This plugin does not change that Ingress, so
 * its URLs would stay open to everyone.
 *
 * @throws UsageError
 */
function refuseOpenBeside(alreadyOpen: readonly Endpoint[], { auth, sourceRanges, mode }: ExposeRequest): void {
  const [first] = alreadyOpen;
  const limits = auth?.is === 'basic' || (sourceRanges ?? []).length > 0;
  if (!first || !limits || allModes[mode].answeredBy !== 'controller') return;
  const { kind, name } = first.source[0]!;
  throw new UsageError(
    'open-through-skypilot',
    `port ${first.port} is open already, through SkyPilot's ${kind} ${name}, and this plugin cannot limit its callers`,
    [
      advice('remove the port from resources.ports of the task and launch it again; then the port is open here only'),
      advice('or add --beside-skypilot for a second URL with these limits; the first URL stays open'),
    ],
  );
}

function besideNote(port: number, name: string, { appNeeds }: ExposeArguments['request']): string {
  return `port ${port} is open already, through SkyPilot's Ingress ${name}, which has no settings for ${appNeeds!.title}: it gets a second URL`;
}

async function configuredMode({ connection, system }: ExposeCall): Promise<ChosenMode> {
  return modeFromConfig(portsOfSkyConfig(await readSkyConfigFiles(system), connection.contextName));
}
