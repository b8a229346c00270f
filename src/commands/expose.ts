import { durationText } from '../arguments/duration.ts';
import type { FlagValues } from '../arguments/flag.ts';
import type { Endpoint } from '../exposure/endpoint.ts';
import { fieldManager } from '../exposure/ownership.ts';
import { holdsPorts, withApplied } from '../exposure/plan/applied.ts';
import { refuseDangerousPorts } from '../exposure/plan/check-request.ts';
import { type ChosenMode, modeFromCluster, modeFromConfig } from '../exposure/plan/choose-mode.ts';
import type { ExposeRequest } from '../exposure/plan/expose-request.ts';
import { type ExposePlan, planExpose } from '../exposure/plan/plan-expose.ts';
import { resolveEndpoints } from '../exposure/resolve-endpoints.ts';
import { viewOf } from '../exposure/view.ts';
import { endpointRequests, nodesIfNeeded, nodesRequest } from '../exposure/what-to-collect.ts';
import { collect, type Look } from '../kubernetes/collect.ts';
import type { Connection } from '../kubernetes/connect.ts';
import { readSkyConfigFiles } from '../local/sky-config-files.ts';
import { portsOfSkyConfig } from '../skypilot/config.ts';
import type { SkyCluster } from '../skypilot/sky-cluster.ts';
import { changesAnything } from '../snapshot/plan.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import type { System } from '../system.ts';
import { applyUntilCurrent } from './apply-until-current.ts';
import { defineCommand, exitCodes } from './command.ts';
import { connectToCluster } from './connect-to-cluster.ts';
import { exposeExamples, exposeFlags, type exposeFlags as flagTable } from './expose-flags.ts';
import { announce, say, sayPlan, warnOfPublicAddresses } from './expose-messages.ts';
import { type ExposeArguments, readExposeArguments, refuseContradictions } from './expose-request.ts';
import { parseEndpointFormat, printEndpoints } from './print-endpoints.ts';
import { parseManifestFormat, printManifests } from './print-manifests.ts';
import { reportUnobserved } from './report-unobserved.ts';
import { skyClusterNamed } from './sky-cluster-argument.ts';
import { waitForEndpoints } from './wait-for-endpoints.ts';

export const exposeCommand = defineCommand({
  name: 'expose',
  usage: 'SKYCLUSTER PORT...',
  summary: 'Make ports of a SkyPilot cluster reachable from outside, and print where they answer',
  examples: exposeExamples,
  flags: exposeFlags,
  async run(words, flags, connectionValues, system) {
    const given = readExposeArguments(words, flags);
    if (given.mode) refuseContradictions(flags, given.mode);
    const connection = await connectToCluster(connectionValues, system);
    try {
      return given.dryRun
        ? await rehearse(given, flags, connection, system)
        : await open(given, flags, connection, system);
    } finally {
      connection.close();
    }
  },
});

type Values = FlagValues<typeof flagTable>;

/** What one look leads to. */
interface Prepared {
  readonly snapshot: Snapshot;
  readonly request: ExposeRequest;
  readonly chosen: ChosenMode | undefined;
  readonly plan: ExposePlan;
}

async function prepare(
  given: ExposeArguments,
  flags: Values,
  look: Look,
  connection: Connection,
  system: System,
): Promise<Prepared> {
  const snapshot = await collect(connection, look, system.now);
  const view = viewOf(snapshot);
  const { skyClusters } = view;
  const lookup = { skyClusters, namespace: snapshot.namespace, pods: snapshot.topics.pods, prefix: false };
  const skyCluster = await skyClusterNamed(given.name, lookup, connection, system);
  const chosen = given.mode
    ? undefined
    : (modeFromCluster(view, skyCluster) ?? (await configuredMode(connection, system)));
  const request = { ...given.request, skyCluster, mode: given.mode ?? chosen!.mode };
  refuseContradictions(flags, request.mode);
  refuseDangerousPorts(request);
  return { snapshot, request, chosen, plan: planExpose(view, request) };
}

async function configuredMode({ contextName }: Connection, system: System): Promise<ChosenMode> {
  return modeFromConfig(portsOfSkyConfig(await readSkyConfigFiles(system), contextName));
}

function lookOf(given: ExposeArguments, flags: Values, { namespace }: Connection): Look {
  const scope = { namespace, ingressService: flags['ingress-service'] };
  const requests = { ...endpointRequests(scope), ...(given.mode === 'nodeport' ? { nodes: nodesRequest } : {}) };
  return { namespace, requests, followUp: given.mode === 'nodeport' ? () => ({}) : nodesIfNeeded };
}

async function rehearse(
  given: ExposeArguments,
  flags: Values,
  connection: Connection,
  system: System,
): Promise<number> {
  const format = parseManifestFormat(flags.output);
  const { plan, chosen } = await prepare(given, flags, lookOf(given, flags, connection), connection, system);
  sayPlan({ ...plan, chosen }, system);
  const options = { fieldManager, dryRun: true, forceConflicts: flags['force-conflicts'] ?? false };
  const { applyPlan } = await import('../kubernetes/apply.ts');
  const answers = given.dryRun === 'server' ? await applyPlan(connection, plan, options) : undefined;
  const objects = answers ?? plan.writes.map(({ kind, effect, manifest }) => ({ kind, effect, object: manifest }));
  if (!answers && plan.writes.some(({ ownedBy }) => ownedBy)) {
    say(system, 'note: the Ingress is shown without ownerReferences: its Services have no uid before they are made');
  }
  await printManifests(objects, { format, server: given.dryRun === 'server' }, system);
  return exitCodes.fine;
}

async function open(given: ExposeArguments, flags: Values, connection: Connection, system: System): Promise<number> {
  const format = parseEndpointFormat(flags.output);
  const look = lookOf(given, flags, connection);
  const forceConflicts = flags['force-conflicts'] ?? false;
  let said = false;
  const { prepared, applied } = await applyUntilCurrent({
    connection,
    forceConflicts,
    prepare: async () => {
      const prepared = await prepare(given, flags, look, connection, system);
      if (!said) sayPlan({ ...prepared.plan, chosen: prepared.chosen }, system);
      said = true;
      return prepared;
    },
    isDone: (written) => holdsPorts(written),
  });
  const { request, plan } = prepared;
  announce(plan, applied, request, system);
  const resolve = (snapshot: Snapshot) => rowsOf(snapshot, request.skyCluster, request, flags);
  const waiting = { connection, look, snapshot: withApplied(prepared.snapshot, applied), resolve };
  const waited = await waitForEndpoints({ ...waiting, waitMs: given.waitMs }, system);
  reportUnobserved(waited.snapshot, waited.endpoints, system);
  await printEndpoints(waited.snapshot, waited.endpoints, { format, withHeaders: !flags['no-headers'] }, system);
  if (changesAnything(plan)) warnOfPublicAddresses(waited.endpoints, system);
  if (request.mode === 'podip') {
    say(
      system,
      'note: a Pod IP can be called only from where the Pod network reaches: other Pods, the nodes, or a network routed to them',
    );
  }
  if (waited.came || flags.wait === undefined || given.waitMs === 0) return exitCodes.fine;
  const late = waited.endpoints.filter(({ state }) => state !== 'Ready').map(({ port }) => port);
  say(
    system,
    `error: not ready after ${durationText(given.waitMs)}: port ${late.join(', ')}; kubectl skyports endpoints ${given.name} --wait goes on waiting`,
  );
  return exitCodes.problems;
}

/** The rows of what was asked for: ours, and those that SkyPilot had opened already. */
function rowsOf(
  snapshot: Snapshot,
  skyCluster: SkyCluster,
  { ports, mode, force }: ExposeRequest,
  flags: Values,
): Endpoint[] {
  const view = viewOf(snapshot, { ingressService: flags['ingress-service'] });
  const servicePorts = ports.map(({ servicePort }) => servicePort);
  const rows = resolveEndpoints(view, { skyClusters: [skyCluster], modes: [mode], ports: servicePorts });
  return rows.filter(({ managedBy }) => managedBy === 'kubectl-skyports' || (managedBy === 'skypilot' && !force));
}
