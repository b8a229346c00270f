import { advice, command, cure } from '../../errors/cure.ts';
import { UsageError } from '../../errors/usage-error.ts';
import { type Orphan, type Orphans, orphansIn, orphanTopics } from '../../exposure/orphans.ts';
import { fieldManager } from '../../exposure/ownership.ts';
import { indexSnapshot } from '../../exposure/snapshot-index.ts';
import type { Connection } from '../../kubernetes/api/connect.ts';
import { applyPlan } from '../../kubernetes/changes/apply.ts';
import { journaled, lineOf } from '../../kubernetes/changes/journal.ts';
import { collect } from '../../kubernetes/snapshots/collect.ts';
import { closableIn, type OverduePort, overduePortsOf, planClosing } from '../../modes/overdue-ports.ts';
import { orphanRequests } from '../../modes/what-to-collect.ts';
import { resourceNameOf } from '../../snapshot/object-reference.ts';
import { changesAnything, type Plan, removalOf } from '../../snapshot/plan.ts';
import type { Snapshot } from '../../snapshot/snapshot.ts';
import { unseenCures, unseenWords } from '../../snapshot/unseen-words.ts';
import type { System } from '../../system.ts';
import { type ConnectionValues, exitCodes } from '../command.ts';
import { announceChanges, confirm, questionAbout, requireConfirmation } from '../confirm.ts';
import { connectToCluster } from '../connection/connect.ts';
import { parseDryRun } from '../expose/options.ts';
import { dryRunSuffix } from '../flags/dry-run.ts';
import { say, sayWithCures } from '../messages.ts';
import { applyWithRetry } from '../retry-on-conflict.ts';
import { confirmGone } from '../sky-cluster/confirm-gone.ts';
import type { PruneFlagValues } from './command.ts';

const nothingLeft = 'there are no leftovers of deleted SkyPilot clusters, and no port is open for too long';

interface Round {
  readonly snapshot: Snapshot;
  readonly found: Orphans;
  readonly taken: readonly Orphan[];
  readonly overdue: readonly OverduePort[];
  readonly plan: Plan;
}

/** Runs `prune`; returns the exit code. */
export async function runPrune(
  operands: readonly string[],
  flags: PruneFlagValues,
  connectionValues: ConnectionValues,
  system: System,
): Promise<number> {
  if (operands.length > 0) {
    const name = operands[0]!.startsWith('-') ? 'SKYCLUSTER' : operands[0]!;
    throw new UsageError(
      'unexpected-argument',
      'prune takes no name: it finds leftovers of deleted SkyPilot clusters, and ports that are open for too long',
      [cure(command`kubectl skyports unexpose ${name}`, 'closes the ports of one cluster')],
    );
  }
  const dryRun = parseDryRun(flags['dry-run']);
  requireConfirmation('prune asks before it removes', { yes: flags.yes, dryRun: dryRun !== undefined }, system);
  const connection = await connectToCluster(connectionValues, system);
  const namespace = flags['all-namespaces'] ? null : connection.namespace;
  const prepare = () => lookForOrphans(connection, namespace, flags);
  try {
    const first = await prepare();
    const unseen = sayUnseen(first.snapshot, connectionValues, system);
    sayYoung(first.found, system);
    sayOverdue(first.overdue, system);
    const left = first.found.orphans.filter((each) => !first.taken.includes(each));
    const code = unseen ? exitCodes.uncertain : exitCodes.fine;
    if (!changesAnything(first.plan) || dryRun) {
      if (dryRun === 'server')
        await applyPlan(connection, first.plan, { fieldManager, forceConflicts: false, journal: undefined });
      const isYoung = first.found.young.length > 0;
      if (first.found.orphans.length === 0 && first.overdue.length === 0 && !unseen) {
        say(system, isYoung ? 'nothing to remove yet' : nothingLeft);
      }
      system.stdout.document(linesOf(first.plan, dryRunSuffix(dryRun)));
      sayLeft(left, connectionValues, system);
      return code;
    }
    if (!flags.yes && !(await agreesTo(first.plan, system))) {
      say(system, 'nothing was removed');
      return exitCodes.failed;
    }
    const stays = new Set<string>();
    const confirmed = async (round: Round) => {
      const { gone, alive } = await confirmGone(connection, round.plan.removals);
      for (const { removal, sign } of alive) {
        stays.add(`${nameOf(removal)} was not removed: SkyPilot cluster ${removal.outlived} still has ${sign}`);
      }
      return { ...round, plan: { ...round.plan, removals: gone } };
    };
    let known: Round | undefined = first;
    await journaled(system.stdout.line, (journal) =>
      applyWithRetry({
        ...{ connection, forceConflicts: false, journal },
        prepare: async () => {
          const round = known ?? onlyAgreed(await prepare(), first);
          known = undefined;
          return confirmed(round);
        },
        isDone: () => true,
      }),
    );
    for (const line of stays) say(system, line);
    sayLeft(left, connectionValues, system);
    return stays.size > 0 ? exitCodes.failed : code;
  } finally {
    connection.close();
  }
}

async function lookForOrphans(
  connection: Connection,
  namespace: string | null,
  flags: PruneFlagValues,
): Promise<Round> {
  const snapshot = await collect(connection, { namespace, requests: orphanRequests(namespace) });
  const found = orphansIn(snapshot);
  const taken = found.orphans.filter(({ managedBy }) => flags['include-skypilot'] || managedBy !== 'skypilot');
  return roundOf(snapshot, found, taken, closableIn(overduePortsOf(indexSnapshot(snapshot)), snapshot));
}

/**
 * Plans the deletions of one round.
 *
 * @param overdue the ports to close, without those whose Service is deleted as a leftover
 */
function roundOf(snapshot: Snapshot, found: Orphans, taken: readonly Orphan[], overdue: readonly OverduePort[]): Round {
  const deleted = new Set(taken.map(({ object }) => object.metadata?.uid));
  const closing = overdue.filter(({ service }) => !deleted.has(service.metadata?.uid));
  const { writes, removals, warnings } = planClosing(indexSnapshot(snapshot), closing);
  const orphans = taken.map(({ kind, object, nameOnCloud }) => removalOf(kind, object, nameOnCloud));
  return { snapshot, found, taken, overdue: closing, plan: { writes, removals: [...removals, ...orphans], warnings } };
}

/**
 * The part of a round that the user has seen. After a conflict, a new round may find more objects and ports. These
 * stay.
 */
function onlyAgreed(round: Round, first: Round): Round {
  const uidOf = ({ object }: Orphan) => object.metadata?.uid;
  const agreed = new Set(first.taken.map(uidOf));
  const taken = round.taken.filter((each) => agreed.has(uidOf(each)));
  const keyOf = ({ service, port, closesAt }: OverduePort) => `${service.metadata?.uid} ${port} ${closesAt}`;
  const seen = new Set(first.overdue.map(keyOf));
  const overdue = round.overdue.filter((each) => seen.has(keyOf(each)));
  return roundOf(round.snapshot, round.found, taken, overdue);
}

/**
 * Reports which topics were not seen. Without some topics, it is unknown whether an object is a leftover. Such an
 * object stays.
 *
 * @returns whether any topic was not seen
 */
function sayUnseen({ topics, namespace }: Snapshot, values: ConnectionValues, system: System): boolean {
  const unseen = [...orphanTopics, 'services', 'ingresses'] as const;
  const missing = unseen.filter((topic) => !topics[topic].observed);
  for (const topic of missing) {
    const observation = topics[topic];
    if (observation.observed) continue;
    const means = orphanTopics.some((each) => each === topic) ? 'so nothing is removed' : 'their leftovers stay';
    const cures = unseenCures(topic, observation, namespace);
    sayWithCures(system, `warning: ${unseenWords(topic, observation, namespace)}; ${means}`, cures, values);
  }
  return missing.length > 0;
}

function sayYoung({ young }: Orphans, system: System): void {
  for (const { reference } of young) {
    say(system, `${nameOf(reference)} is younger than 10 minutes and stays: its SkyPilot cluster may come back`);
  }
}

function sayOverdue(overdue: readonly OverduePort[], system: System): void {
  for (const { skyCluster, port, closesAt } of overdue) {
    say(system, `port ${port} of ${skyCluster.displayName} was to be closed at ${closesAt} (expose --for)`);
  }
}

/**
 * Lists leftovers of SkyPilot, with the commands that delete them. SkyPilot may delete these objects later itself. A
 * user should run the commands only if this will not happen.
 */
function sayLeft(left: readonly Orphan[], values: ConnectionValues, system: System): void {
  if (left.length === 0) return;
  const deletions = left.map(({ kind, reference: { name, namespace } }) =>
    cure(command`kubectl delete ${kind.toLowerCase()} ${name} -n ${namespace} --interactive`),
  );
  const both = advice('add --include-skypilot to remove them too, or remove each by hand');
  sayWithCures(system, 'SkyPilot has left these behind', [both, ...deletions], values);
}

async function agreesTo(plan: Plan, system: System): Promise<boolean> {
  announceChanges(plan, system);
  return confirm(system, questionAbout(plan));
}

function linesOf({ writes, removals }: Plan, suffix: string): string {
  const lines = [
    ...writes.map(({ kind, effect, manifest }) => `${resourceNameOf(kind, manifest.metadata?.name ?? '')} ${effect}`),
    ...removals.map((removal) => lineOf({ ...removal, effect: 'deleted' })),
  ];
  return lines.map((line) => `${line}${suffix}\n`).join('');
}

function nameOf({ kind, namespace, name }: Orphan['reference']): string {
  return `${kind} ${namespace}/${name}`;
}
