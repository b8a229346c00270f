import { allChecks } from '../../doctor/all-checks.ts';
import { endpointsOf, type Subject } from '../../doctor/check-context.ts';
import { writesAccepted } from '../../doctor/checks/context/writes-accepted.ts';
import { isSelected, judge, type Verdict } from '../../doctor/judge.ts';
import { portForwardHintsOf } from '../../doctor/port-forward-hints.ts';
import { possibleModes } from '../../doctor/possible-modes.ts';
import { answersOf, type CalledUrl, rowsAfterCalls } from '../../doctor/subjects/answer.ts';
import { plannedObjects } from '../../doctor/subjects/planned-objects.ts';
import { type Summary, summaryOf } from '../../doctor/summary.ts';
import type { Cure } from '../../errors/cure.ts';
import type { Endpoint } from '../../exposure/endpoint.ts';
import { indexSnapshot, type SnapshotIndex } from '../../exposure/snapshot-index.ts';
import type { Connection } from '../../kubernetes/api/connect.ts';
import { findSkyCluster } from '../../skypilot/find-sky-cluster.ts';
import { createMemo } from '../../snapshot/memo.ts';
import type { Snapshot } from '../../snapshot/snapshot.ts';
import { allTopics, notCollected, topicRows } from '../../snapshot/topics.ts';
import { unseenWords } from '../../snapshot/unseen-words.ts';
import type { System } from '../../system.ts';
import type { ConnectionValues } from '../command.ts';
import { curedHere, curesForThisConnection } from '../connection/cures.ts';
import { skyClusterNamed } from '../sky-cluster/sky-cluster-argument.ts';
import { observeDryRuns } from './dry-run.ts';
import type { DoctorArguments } from './options.ts';
import { type Callable, withProbes } from './probe.ts';
import type { DiagnosisSource } from './source.ts';

/** One call of `doctor`: its arguments and the process. */
export interface DoctorCall {
  readonly args: DoctorArguments;
  readonly connectionValues: ConnectionValues;
  readonly system: System;
}

/** The result of a diagnosis, and the data that it is based on. */
export interface Diagnosed {
  readonly view: SnapshotIndex;
  readonly subject: Subject;
  readonly verdicts: readonly Verdict[];
  /** All endpoints of the checked SkyPilot clusters. */
  readonly rows: readonly Endpoint[];
  /** The endpoints that the checks judged: those of the named ports, or all. */
  readonly judgedRows: readonly Endpoint[];
  readonly portForwardHints: readonly Cure[];
  /** The results of the calls to the checked ports. */
  readonly answers: readonly CalledUrl[];
  readonly summary: Summary;
}

/**
 * Finds the endpoints that the user asks about, calls their addresses, and runs the checks.
 *
 * @throws UsageError if the SkyPilot cluster does not exist
 */
export async function diagnose(
  look: DiagnosisSource,
  { args, connectionValues, system }: DoctorCall,
): Promise<Diagnosed> {
  const { ingressService, selection } = args;
  const shared = createMemo();
  const before = indexSnapshot(look.snapshot, { ingressService, shared });
  const named = { ...(await subjectOf(args, look, before, system)), ingressService };
  const judgedRows = endpointsOf({ view: before, subject: named });
  const { connection } = look;
  const snapshot = connection
    ? await secondRound({ view: before, subject: named, rows: judgedRows }, args, connection, system)
    : look.snapshot;
  const view = snapshot === look.snapshot ? before : indexSnapshot(snapshot, { ingressService, shared });
  const planned = named.mode && plannedObjects(view, named, connection?.namespace);
  const subject = { ...named, planned };
  const judged = judge(allChecks, snapshot, subject, selection, shared);
  // A saved file may be from another machine, so no connection flags are added to the cures.
  const chosen = connection ? connectionValues : {};
  const verdicts = curedHere(judged, chosen);
  const known = endpointsOf({ view, subject: { ...subject, ports: undefined, mode: undefined } });
  const rows = rowsAfterCalls(known, view);
  const portForwardHints = curesForThisConnection(portForwardHintsOf(view, subject, rows, verdicts), chosen);
  const answers = answersOf(judgedRows, view);
  const { mode } = subject;
  const possible = mode && possibleModes(allChecks, snapshot, subject, shared).find((each) => each.mode === mode);
  const wasCalled = snapshot.topics.probes.observed;
  const calledRows = rowsAfterCalls(judgedRows, view);
  const judgedSummary = summaryOf({
    verdicts,
    subject,
    selection,
    rows: calledRows,
    answers,
    wasCalled,
    possible,
  });
  const summary = connection ? withFailures(judgedSummary, snapshot) : judgedSummary;
  return { view, subject, verdicts, rows, judgedRows: calledRows, portForwardHints, answers, summary };
}

/**
 * Adds the results of requests that need the first lists: calls to the endpoints, and dry runs of the objects that
 * `--mode` would write.
 */
async function secondRound(
  callable: Callable,
  args: DoctorArguments,
  connection: Connection,
  system: System,
): Promise<Snapshot> {
  const [{ topics: called, ...snapshot }, dryRuns] = await Promise.all([
    withProbes(callable, args.probe, connection, system),
    args.dryRun && isSelected(writesAccepted, args.selection) ? observeDryRuns(callable, connection) : notCollected,
  ]);
  return { ...snapshot, topics: { ...called, dryRuns } };
}

async function subjectOf(
  { name, ports, mode }: DoctorArguments,
  look: DiagnosisSource,
  { skyClusters: seen }: SnapshotIndex,
  system: System,
): Promise<Subject> {
  if (name === undefined) return { skyCluster: undefined, ports: undefined, mode };
  const { snapshot, namespace, connection } = look;
  const skyClusters = namespace === null ? seen : seen.filter((each) => each.namespace === namespace);
  const unseen = !snapshot.topics.pods.observed && name !== '';
  if (unseen && findSkyCluster(name, skyClusters, { prefix: true }).found === 'none') {
    // If the Pods were not seen, assume that the named SkyPilot cluster exists. A check reports that they were not
    // seen, and why.
    const skyCluster = { namespace: namespace ?? '', nameOnCloud: name, displayName: name };
    return { skyCluster, ports, mode };
  }
  const lookup = {
    skyClusters,
    namespace,
    pods: snapshot.topics.pods,
    services: snapshot.topics.services,
    prefix: true,
  };
  return { skyCluster: await skyClusterNamed(name, lookup, connection, system), ports, mode };
}

/**
 * Changes the summary to unknown if the API server did not answer a list request. The objects that were not seen may
 * have a fault.
 */
function withFailures(summary: Summary, { topics, namespace }: Snapshot): Summary {
  if (!['ok', 'reachable', 'partial', 'no-port'].includes(summary.state)) return summary;
  for (const topic of allTopics) {
    const observation = topics[topic];
    const hasFailed = !observation.observed && (observation.reason === 'failed' || observation.reason === 'timed-out');
    if (!hasFailed || topicRows[topic].resource === undefined) continue;
    return { state: 'cannot-tell', text: `Cannot tell: ${unseenWords(topic, observation, namespace)}` };
  }
  return summary;
}
