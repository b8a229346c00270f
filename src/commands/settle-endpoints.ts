import type { Answer } from '../doctor/answer.ts';
import { type Standing, standingOf } from '../doctor/answer.ts';
import type { Endpoint } from '../exposure/endpoint.ts';
import { isUnloadedPage, mayBeUnloaded } from '../exposure/last-applied.ts';
import { allModes } from '../modes/all-modes.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import type { Answers } from './call-endpoints.ts';

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
  const isOwnPage = answer.outcome === 'controller' && isUnloadedPage(answer.status ?? 0);
  return isOwnPage && mayBeUnloaded(row, snapshot) ? `${answer.text}: not loaded yet` : answer.text;
}
