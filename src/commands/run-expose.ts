import { UsageError } from '../errors/usage-error.ts';
import type { Endpoint } from '../exposure/endpoint.ts';
import type { ExposeRequest } from '../exposure/plan/expose-request.ts';
import { viewOf } from '../exposure/view.ts';
import { journaled } from '../kubernetes/changes/journal.ts';
import { allModes } from '../modes/all-modes.ts';
import { holdsPorts, withApplied } from '../modes/applied.ts';
import { withControllersJudged } from '../modes/ingress/controller-pods.ts';
import type { ExposePlan } from '../modes/plan-expose.ts';
import { resolveEndpoints } from '../modes/resolve-endpoints.ts';
import { changesAnything } from '../snapshot/plan.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import type { System } from '../system.ts';
import { applyUntilCurrent } from './apply-until-current.ts';
import { pathsLeadSomewhere } from './check-paths.ts';
import { type ConnectionValues, exitCodes } from './command.ts';
import { connectToCluster } from './connect-to-cluster.ts';
import type { ExposeFlagValues } from './expose-flags.ts';
import { announce, say, sayPlan, warnOfPublicAddresses } from './expose-messages.ts';
import { readAskedOfPlatform } from './expose-platform-flags.ts';
import { type ExposeArguments, readExposeArguments, refuseContradictions } from './expose-request.ts';
import { type ExposeCall, lookOfExpose, prepareExpose } from './prepare-expose.ts';
import { type EndpointFormat, parseEndpointFormat, printEndpoints } from './print-endpoints.ts';
import { parseManifestFormat } from './print-manifests.ts';
import { printSkyConfig } from './print-sky-config.ts';
import { rehearseExpose } from './rehearse-expose.ts';
import { reportUnobserved } from './report-unobserved.ts';
import { sayLate } from './say-late.ts';
import { remarksOf } from './settle-endpoints.ts';
import { type Waited, waitForEndpoints } from './wait-for-endpoints.ts';

/** Runs `expose`; returns the exit code. */
export async function runExpose(
  words: readonly string[],
  flags: ExposeFlagValues,
  connectionValues: ConnectionValues,
  system: System,
): Promise<number> {
  const given = await readArguments(words, flags, connectionValues, system);
  const asked = readAskedOfPlatform(flags, system);
  if (given.mode) refuseContradictions(flags, given.mode);
  const format = given.dryRun ? undefined : await parseEndpointFormat(flags.output);
  const manifestFormat = given.dryRun ? parseManifestFormat(flags.output) : undefined;
  const connection = await connectToCluster(connectionValues, system);
  try {
    const call = { given, flags, asked, connection, connectionValues, system };
    if (flags['print-sky-config']) return await printSkyConfig(call);
    return format ? await open(call, format) : await rehearseExpose(call, manifestFormat);
  } finally {
    connection.close();
  }
}

async function readArguments(
  words: readonly string[],
  flags: ExposeFlagValues,
  values: ConnectionValues,
  system: System,
): Promise<ExposeArguments> {
  try {
    return readExposeArguments(words, flags);
  } catch (error) {
    const [name] = words;
    if (!(error instanceof UsageError) || error.code !== 'port-missing' || name === undefined) throw error;
    throw await (await import('./declared-ports.ts')).withDeclaredPorts(error, name, values, system);
  }
}

async function open(call: ExposeCall, format: EndpointFormat): Promise<number> {
  const { given, flags, connection, connectionValues, system } = call;
  const look = lookOfExpose(call);
  let said = false;
  const { prepared, applied } = await journaled(system.stderr.line, (journal) =>
    applyUntilCurrent({
      connection,
      forceConflicts: flags['force-conflicts'] ?? false,
      journal,
      prepare: async () => {
        const round = await prepareExpose(call, look);
        if (!said) sayPlan({ ...round.plan, chosen: round.chosen, notes: round.notes }, system);
        said = true;
        return round;
      },
      isDone: async (written) => holdsPorts(written) && (await pathsLeadSomewhere(connection, written)),
    }),
  );
  const { request, plan } = prepared;
  announce(plan, applied, request, system);
  const waited = await waitForEndpoints(
    {
      connection,
      look,
      snapshot: withApplied(prepared.snapshot, applied),
      resolve: (snapshot) => rowsOf(snapshot, request, plan, flags['ingress-service']),
      waitMs: given.waitMs,
    },
    system,
  );
  reportUnobserved(waited.snapshot, waited.endpoints, connectionValues, system);
  await printEndpoints(waited.snapshot, waited.endpoints, { format, withHeaders: !flags['no-headers'] }, system);
  if (changesAnything(plan)) warnOfPublicAddresses(waited.endpoints, system);
  const { note } = allModes[request.mode];
  if (note !== undefined) say(system, `note: ${note}`);
  for (const line of remarksOf(waited.settled)) say(system, line);
  return exitCodeOf(waited, call);
}

/** Cloud load balancers take minutes: a late address fails the call only for those who asked to wait. */
function exitCodeOf(waited: Waited, { given, flags, connectionValues, system }: ExposeCall): number {
  if (waited.came || given.waitMs === 0) return exitCodes.fine;
  const isAsked = flags.wait !== undefined;
  sayLate(waited, { waitMs: given.waitMs, isError: isAsked, values: connectionValues }, system);
  return isAsked ? exitCodes.problems : exitCodes.fine;
}

/** The rows of what was asked for: ours, and those that were left alone because SkyPilot had opened them; not what is broken beside. */
function rowsOf(
  snapshot: Snapshot,
  request: ExposeRequest,
  { alreadyOpen }: Pick<ExposePlan, 'alreadyOpen'>,
  ingressService: string | undefined,
): Endpoint[] {
  const { skyCluster, mode } = request;
  const leftAlone = new Set(alreadyOpen.map(({ port }) => port));
  const ports = request.ports.map(({ servicePort }) => servicePort);
  const view = viewOf(snapshot, { ingressService });
  const rows = resolveEndpoints(view, { skyClusters: [skyCluster], modes: [mode], ports });
  return withControllersJudged(view, rows).filter(
    ({ managedBy, port }) =>
      managedBy === 'kubectl-skyports' ||
      !allModes[mode].recordsPorts ||
      (managedBy === 'skypilot' && leftAlone.has(port)),
  );
}
