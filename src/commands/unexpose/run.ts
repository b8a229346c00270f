import { command, cure } from '../../errors/cure.ts';
import { UsageError } from '../../errors/usage-error.ts';
import type { Endpoint } from '../../exposure/endpoint.ts';
import { fieldManager } from '../../exposure/ownership.ts';
import { parsePortMappings } from '../../exposure/port-mapping.ts';
import { writtenModes } from '../../exposure/port-mode-names.ts';
import { indexSnapshot } from '../../exposure/snapshot-index.ts';
import type { Connection } from '../../kubernetes/api/connect.ts';
import { applyPlan } from '../../kubernetes/changes/apply.ts';
import { journaled, lineOf } from '../../kubernetes/changes/journal.ts';
import { collect } from '../../kubernetes/snapshots/collect.ts';
import { planUnexpose, type UnexposePlan } from '../../modes/plan-unexpose.ts';
import { endpointRequests } from '../../modes/what-to-collect.ts';
import { resourceNameOf } from '../../snapshot/object-reference.ts';
import { changesAnything } from '../../snapshot/plan.ts';
import type { Snapshot } from '../../snapshot/snapshot.ts';
import { unseenCures, unseenWords } from '../../snapshot/unseen-words.ts';
import type { System } from '../../system.ts';
import { type ConnectionValues, exitCodes } from '../command.ts';
import { announceChanges, confirm, questionAbout, requireConfirmation } from '../confirm.ts';
import { connectToCluster } from '../connection/connect.ts';
import { noPathIsLeft } from '../expose/check-paths.ts';
import { parseDryRun } from '../expose/options.ts';
import { dryRunSuffix } from '../flags/dry-run.ts';
import { refuseSwapped } from '../flags/named-ports.ts';
import { parseMode } from '../flags/parse-mode.ts';
import { say, sayWithCures } from '../messages.ts';
import { applyWithRetry } from '../retry-on-conflict.ts';
import { refuseIfAlive } from '../sky-cluster/confirm-gone.ts';
import { skyClusterNamed } from '../sky-cluster/sky-cluster-argument.ts';
import type { UnexposeFlagValues } from './command.ts';

/** Runs `unexpose`; returns the exit code. */
export async function runUnexpose(
  operands: readonly string[],
  flags: UnexposeFlagValues,
  connectionValues: ConnectionValues,
  system: System,
): Promise<number> {
  const [name, ...ports] = operands;
  if (name === undefined) {
    throw new UsageError('sky-cluster-missing', 'unexpose needs a SKYCLUSTER', [
      cure(command`kubectl skyports unexpose SKYCLUSTER`, 'SKYCLUSTER is the name that sky status shows'),
    ]);
  }
  refuseSwapped('unexpose', operands);
  const closing = ports.length === 0 ? undefined : parsePortMappings(ports).map(({ servicePort }) => servicePort);
  const mode = parseMode(flags.mode, writtenModes);
  const dryRun = parseDryRun(flags['dry-run']);
  requireConfirmation('unexpose asks before it removes', { yes: flags.yes, dryRun: dryRun !== undefined }, system);
  const connection = await connectToCluster(connectionValues, system);
  try {
    const prepare = () => planFor(name, { ports: closing, mode }, { connection, values: connectionValues, system });
    const first = await prepare();
    const { plan } = first;
    const code = first.isPartial ? exitCodes.uncertain : exitCodes.fine;
    if (dryRun || !changesAnything(plan)) {
      if (dryRun === 'server') {
        await applyPlan(connection, plan, { fieldManager, forceConflicts: false, journal: undefined });
      }
      for (const warning of plan.warnings) say(system, warning);
      if (!changesAnything(plan)) sayNothing(plan, name, system);
      system.stdout.document(linesOf(plan, dryRunSuffix(dryRun)));
      return code;
    }
    for (const warning of plan.warnings) say(system, warning);
    sayLeftAlone(plan.leftAlone, system);
    if (!flags.yes && !(await agreesTo(plan, system))) {
      say(system, 'nothing was removed');
      return exitCodes.failed;
    }
    await journaled(system.stdout.line, (journal) =>
      applyWithRetry({
        ...{ connection, forceConflicts: false, journal, first },
        prepare,
        isDone: (_written, { plan, topics }) => noPathIsLeft(connection, plan, topics),
      }),
    );
    sayLeftSecrets(plan.leftSecrets, connectionValues, system);
    return code;
  } finally {
    connection.close();
  }
}

async function planFor(
  name: string,
  request: { readonly ports: readonly number[] | undefined; readonly mode: (typeof writtenModes)[number] | undefined },
  { connection, values, system }: Called,
): Promise<Planned> {
  const { namespace } = connection;
  const snapshot = await collect(connection, { namespace, requests: endpointRequests({ namespace }) });
  let isPartial = false;
  for (const topic of ['services', 'ingresses'] as const) {
    const observation = snapshot.topics[topic];
    if (observation.observed) continue;
    isPartial = true;
    sayWithCures(
      system,
      `warning: ${unseenWords(topic, observation, namespace)}: those that expose created stay`,
      unseenCures(topic, observation, namespace),
      values,
    );
  }
  const view = indexSnapshot(snapshot);
  const lookup = { skyClusters: view.skyClusters, namespace, pods: snapshot.topics.pods, prefix: false };
  const skyCluster = await skyClusterNamed(name, lookup, connection, system);
  const plan = planUnexpose(view, { skyCluster, ...request });
  // If the SkyPilot cluster has no Pods, the objects of this plugin show it only in their names. Make sure that this
  // cluster is really deleted.
  if (skyCluster.pods.length === 0) {
    await refuseIfAlive(
      connection,
      plan.removals.map((removal) => ({ ...removal, outlived: skyCluster.nameOnCloud })),
    );
  }
  return { plan, isPartial, topics: snapshot.topics };
}

interface Called {
  readonly connection: Connection;
  readonly values: ConnectionValues;
  readonly system: System;
}

interface Planned {
  readonly plan: UnexposePlan;
  /** Whether some objects were not seen. These objects stay. */
  readonly isPartial: boolean;
  readonly topics: Snapshot['topics'];
}

function linesOf({ writes, removals }: UnexposePlan, suffix: string): string {
  const lines = [
    ...writes.map(({ kind, effect, manifest }) => `${resourceNameOf(kind, manifest.metadata?.name ?? '')} ${effect}`),
    ...removals.map((removal) => lineOf({ ...removal, effect: 'deleted' })),
  ];
  return lines.map((line) => `${line}${suffix}\n`).join('');
}

function sayNothing({ leftAlone, warnings }: UnexposePlan, name: string, system: System): void {
  if (warnings.length === 0) say(system, `nothing to remove: kubectl skyports did not open these ports of ${name}`);
  sayLeftAlone(leftAlone, system);
}

/** cert-manager deletes the Certificate of a closed port, but not its Secret. */
function sayLeftSecrets(secrets: UnexposePlan['leftSecrets'], values: ConnectionValues, system: System): void {
  if (secrets.length === 0) return;
  const names = secrets.map(({ name }) => name);
  sayWithCures(
    system,
    `${names.length === 1 ? 'Secret' : 'Secrets'} ${names.join(', ')} of cert-manager stays: it never deletes Secrets`,
    [
      cure(
        command`kubectl delete secret ${names} -n ${secrets[0]!.namespace} --ignore-not-found --interactive`,
        'deletes what is left',
      ),
    ],
    values,
  );
}

function sayLeftAlone(endpoints: readonly Endpoint[], system: System): void {
  const said = new Set<string>();
  for (const { managedBy, nameOnCloud, source } of endpoints) {
    const { kind, name } = source[0]!;
    if (said.has(name)) continue;
    said.add(name);
    const maker = managedBy === 'skypilot' ? 'SkyPilot' : 'another program';
    const until = managedBy === 'skypilot' ? ' until SkyPilot removes the SkyPilot cluster' : '';
    say(system, `${kind} ${name} of ${nameOnCloud} was created by ${maker} and stays${until}`);
  }
}

async function agreesTo(plan: UnexposePlan, system: System): Promise<boolean> {
  announceChanges(plan, system);
  return confirm(system, questionAbout(plan));
}
