import { UsageError } from '../errors/usage-error.ts';
import type { Endpoint } from '../exposure/endpoint.ts';
import { fieldManager } from '../exposure/ownership.ts';
import { planUnexpose, type UnexposePlan } from '../exposure/plan/plan-unexpose.ts';
import { parsePortMappings } from '../exposure/port-mapping.ts';
import { viewOf } from '../exposure/view.ts';
import { endpointRequests } from '../exposure/what-to-collect.ts';
import { applyPlan } from '../kubernetes/apply.ts';
import { collect } from '../kubernetes/collect.ts';
import type { Connection } from '../kubernetes/connect.ts';
import { resourceNameOf } from '../output/source-names.ts';
import { changesAnything } from '../snapshot/plan.ts';
import type { System } from '../system.ts';
import { agrees, refuseToAsk } from './agrees.ts';
import { applyUntilCurrent } from './apply-until-current.ts';
import { type ConnectionValues, exitCodes } from './command.ts';
import { connectToCluster } from './connect-to-cluster.ts';
import { say } from './expose-messages.ts';
import { parseDryRun, parseMode } from './expose-request.ts';
import { dryRunSuffix } from './manifest-formats.ts';
import { skyClusterNamed } from './sky-cluster-argument.ts';
import { type UnexposeFlagValues, unexposeModes } from './unexpose-flags.ts';

/** Runs `unexpose`; returns the exit code. */
export async function runUnexpose(
  words: readonly string[],
  flags: UnexposeFlagValues,
  connectionValues: ConnectionValues,
  system: System,
): Promise<number> {
  const [name, ...ports] = words;
  if (name === undefined) throw new UsageError('unexpose needs a SKYCLUSTER', 'kubectl skyports unexpose train');
  const closing = ports.length === 0 ? undefined : parsePortMappings(ports).map(({ servicePort }) => servicePort);
  const mode = parseMode(flags.mode, unexposeModes);
  const dryRun = parseDryRun(flags['dry-run']);
  refuseToAsk('unexpose asks before it removes', { yes: flags.yes, dryRun: dryRun !== undefined }, system);
  const connection = await connectToCluster(connectionValues, system);
  try {
    const prepare = async () => ({ plan: await planFor(name, { ports: closing, mode }, connection, system) });
    const { plan } = await prepare();
    if (dryRun || !changesAnything(plan)) {
      if (dryRun === 'server') await applyPlan(connection, plan, { fieldManager, dryRun: true, forceConflicts: false });
      if (!changesAnything(plan)) sayNothing(plan, name, system);
      system.stdout.write(linesOf(plan, dryRunSuffix(dryRun)));
      return exitCodes.fine;
    }
    sayLeftAlone(plan.leftAlone, system);
    if (!flags.yes && !(await agreesTo(plan, system))) {
      say(system, 'nothing was removed');
      return exitCodes.failed;
    }
    const { prepared } = await applyUntilCurrent({
      ...{ connection, forceConflicts: false, first: { plan } },
      prepare,
      isDone: () => true,
    });
    system.stdout.write(linesOf(prepared.plan, ''));
    return exitCodes.fine;
  } finally {
    connection.close();
  }
}

async function planFor(
  name: string,
  request: { readonly ports: readonly number[] | undefined; readonly mode: (typeof unexposeModes)[number] | undefined },
  connection: Connection,
  system: System,
): Promise<UnexposePlan> {
  const { namespace } = connection;
  const snapshot = await collect(connection, { namespace, requests: endpointRequests({ namespace }) }, system.now);
  for (const [resource, topic] of [
    ['services', 'services'],
    ['ingresses', 'ingresses'],
  ] as const) {
    const observation = snapshot.topics[topic];
    if (observation.observed) continue;
    say(
      system,
      `warning: ${resource} in namespace ${namespace} were not seen (${observation.message}): what expose made of them stays; kubectl auth can-i list ${resource} -n ${namespace}`,
    );
  }
  const view = viewOf(snapshot);
  const lookup = { skyClusters: view.skyClusters, namespace, pods: snapshot.topics.pods, prefix: false };
  const skyCluster = await skyClusterNamed(name, lookup, connection, system);
  return planUnexpose(view, { skyCluster, ...request });
}

function linesOf({ writes, removals }: UnexposePlan, suffix: string): string {
  const lines = [
    ...writes.map(({ kind, effect, manifest }) => `${resourceNameOf(kind, manifest.metadata?.name ?? '')} ${effect}`),
    ...removals.map(({ kind, name }) => `${resourceNameOf(kind, name)} deleted`),
  ];
  return lines.map((line) => `${line}${suffix}\n`).join('');
}

function sayNothing({ leftAlone }: UnexposePlan, name: string, system: System): void {
  say(system, `nothing to remove: kubectl skyports has opened no such port of ${name}`);
  sayLeftAlone(leftAlone, system);
}

function sayLeftAlone(endpoints: readonly Endpoint[], system: System): void {
  const said = new Set<string>();
  for (const { managedBy, nameOnCloud, skyCluster, source } of endpoints) {
    const { kind, name } = source[0]!;
    const by =
      managedBy === 'skypilot'
        ? `was made by SkyPilot and stays; sky down ${skyCluster} removes it`
        : 'was made by somebody else and stays';
    if (said.has(name)) continue;
    said.add(name);
    say(system, `${kind} ${name} of ${nameOnCloud} ${by}`);
  }
}

async function agreesTo(plan: UnexposePlan, system: System): Promise<boolean> {
  system.stderr.write(linesOf(plan, ''));
  return agrees(system);
}
