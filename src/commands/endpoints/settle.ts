import {
  type Answer,
  answerOf,
  notCalled,
  rowAfterCall,
  type Standing,
  standingOf,
} from '../../doctor/subjects/answer.ts';
import { withKnownSenders } from '../../doctor/subjects/known-senders.ts';
import { probeTargetsOf } from '../../doctor/subjects/probe-targets.ts';
import type { Endpoint } from '../../exposure/endpoint.ts';
import { isUnloadedPage, mayBeUnloaded } from '../../exposure/last-applied.ts';
import { indexSnapshot } from '../../exposure/snapshot-index.ts';
import { allModes } from '../../modes/all-modes.ts';
import { probeKey } from '../../snapshot/probe.ts';
import type { Snapshot } from '../../snapshot/snapshot.ts';
import type { System } from '../../system.ts';

/** A row, and the answer of its URL. */
export interface Settled {
  readonly row: Endpoint;
  readonly standing: Standing;
  readonly answer: Answer;
}

/** Each row with its answer, and with the state of its port after this answer. */
export function settledRows(answers: Answers): Settled[] {
  return [...answers].map(([row, answer]) => ({ row, answer, standing: standingOf(row, answer) }));
}

/** Notes for the end of a wait, one line each: nothing listens on a port yet, or a URL was not called. */
export function remarksOf(settled: readonly Settled[]): string[] {
  const lines = settled.flatMap(({ row, standing, answer }) => {
    if (standing === 'nothing-listens') return [`nothing listens on ${row.targetPort} yet`];
    if (answer.outcome === 'unknown-name' && standing === 'not-called')
      return [`${unknownName(row)}; ${row.address} itself answers`];
    if (standing === 'not-called' && allModes[row.mode].recordsPorts) return [`not called from here: ${answer.why}`];
    return [];
  });
  return [...new Set(lines)];
}

/** Why the URL of a Ready row does not answer: `404 from ingress-nginx: not loaded yet`. */
export function whyNot({ row, answer }: Settled, snapshot: Snapshot): string {
  if (answer.outcome === 'unknown-name') return unknownName(row);
  const isOwnPage = answer.outcome === 'controller' && isUnloadedPage(answer.status ?? 0);
  return isOwnPage && mayBeUnloaded(row, snapshot) ? `${answer.text}: not loaded yet` : answer.text;
}

/** The name in a URL that this machine cannot resolve. An address that is itself a name needs only time. */
function unknownName({ url, address }: Endpoint): string {
  const { hostname } = new URL(url!);
  const entry = hostname === address ? '' : `: it needs a DNS entry that leads to ${address}`;
  return `${hostname} does not resolve on this machine${entry}`;
}

/**
 * The answers, with updated rows. SkyPilot may have opened a port in advance. If SkyServe now listens on this port, its
 * row is Ready.
 */
export function afterCalls(answers: Answers): Answers {
  return new Map([...answers].map(([row, answer]) => [rowAfterCall(row, answer), answer]));
}

/** The answer of each row. */
export type Answers = ReadonlyMap<Endpoint, Answer>;

/** Why no URL may be called from this machine; undefined if calls are allowed. */
function whyNoCalls({ env }: Pick<System, 'env'>): string | undefined {
  return env.SKYPORTS_PROBE === 'false' ? 'SKYPORTS_PROBE=false' : undefined;
}

/** Calls the URLs of all rows in parallel, as the doctor does. Takes three seconds at most. */
export async function callEndpoints(
  rows: readonly Endpoint[],
  snapshot: Snapshot,
  system: Pick<System, 'env' | 'probeLimitMs'>,
): Promise<Answers> {
  const why = whyNoCalls(system);
  if (why !== undefined) return new Map(rows.map((row) => [row, notCalled(why)]));
  const targets = probeTargetsOf(rows);
  if (targets.length === 0) return new Map(rows.map((row) => [row, answerOf(row, new Map(), undefined)]));
  const [{ probeAddresses }, { proxyFor }] = await Promise.all([
    import('../../probes/probe-addresses.ts'),
    import('../doctor/probe.ts'),
  ]);
  const probes = await probeAddresses(targets, { proxyOf: proxyFor(system), limitMs: system.probeLimitMs });
  const view = indexSnapshot(snapshot);
  const known = withKnownSenders(probes, view, rows);
  const byKey = new Map(known.map((probe) => [probeKey(probe), probe]));
  return new Map(rows.map((row) => [row, answerOf(row, byKey, view)]));
}
