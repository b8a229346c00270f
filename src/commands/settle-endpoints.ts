import type { Answer } from '../doctor/answer.ts';
import { type Standing, standingOf } from '../doctor/answer.ts';
import type { Endpoint } from '../exposure/endpoint.ts';
import { fieldManager } from '../exposure/ownership.ts';
import { allModes } from '../modes/all-modes.ts';
import type { WithMetadata } from '../snapshot/object-reference.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import { itemsOf } from '../snapshot/topics.ts';
import type { Answers } from './call-endpoints.ts';

/** A controller answers with its own page until it has loaded a rule; after this time that is no longer the reason. */
const loadsWithinMs = 60_000;

/** How a row stands, and for users that wait, why. */
export interface Settled {
  readonly row: Endpoint;
  readonly standing: Standing;
  readonly answer: Answer;
}

/** How each row stands after a call. */
export function settledRows(answers: Answers): Settled[] {
  return [...answers].map(([row, answer]) => ({ row, answer, standing: standingOf(row, answer) }));
}

/** What is still open although the wait has ended, a line each: nothing listens, or this machine may not call. */
export function remarksOf(settled: readonly Settled[]): string[] {
  const lines = settled.flatMap(({ row, standing, answer }) => {
    if (standing === 'nothing-listens') return [`nothing listens on ${row.targetPort} yet`];
    if (standing === 'not-called' && allModes[row.mode].recordsPorts) return [`not called from here: ${answer.why}`];
    return [];
  });
  return [...new Set(lines)];
}

/** Why a row that is Ready does not answer: `404 from ingress-nginx: not loaded yet`. */
export function whyNot({ row, answer }: Settled, snapshot: Snapshot): string {
  const isOwnPage = answer.outcome === 'controller' && [404, 503].includes(answer.status ?? 0);
  if (!isOwnPage) return answer.text;
  const applied = lastAppliedMs(row, snapshot);
  const age = applied === undefined ? undefined : Date.parse(snapshot.takenAt) - applied;
  return age !== undefined && age < loadsWithinMs ? `${answer.text}: not loaded yet` : answer.text;
}

/** When this plugin last wrote the Ingress that a row comes from (`managedFields`); undefined if it never did. */
function lastAppliedMs({ source }: Endpoint, { topics }: Snapshot): number | undefined {
  const [first] = source;
  const ingress = itemsOf(topics.ingresses).find(
    ({ metadata }: WithMetadata) => metadata?.name === first?.name && metadata?.namespace === first?.namespace,
  );
  const times = (ingress?.metadata?.managedFields ?? [])
    .filter(({ manager }) => manager === fieldManager)
    .flatMap(({ time }) => (time ? [Date.parse(time)] : []));
  return times.length > 0 ? Math.max(...times) : undefined;
}
