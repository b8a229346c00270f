import { setTimeout as delay } from 'node:timers/promises';
import { goDurationText } from '../../arguments/duration.ts';
import { outcomeOf, rootCausesOf } from '../../doctor/judge.ts';
import { isOpenedInAdvance } from '../../exposure/endpoint.ts';
import { watchSnapshot } from '../../kubernetes/snapshots/watch-snapshot.ts';
import type { Snapshot } from '../../snapshot/snapshot.ts';
import { WaitLine } from '../endpoints/wait-line.ts';
import { type Diagnosed, type DoctorCall, diagnose } from './diagnose.ts';
import type { DiagnosisSource } from './source.ts';

/** A watch does not show that an address answers, or that the server is back, so these are checked at this interval. */
const lookAgainMs = 1000;

/** Whether waiting is over: nothing is broken, and every port is ready. */
export function isSettled({ verdicts, rows, summary }: Diagnosed): boolean {
  const isWaiting = rows.some(
    (row) => row.state === 'Pending' || (row.state === 'NoBackends' && !isOpenedInAdvance(row)),
  );
  return outcomeOf(verdicts) === 'healthy' && summary.state !== 'pending' && !isWaiting;
}

/**
 * Diagnoses after each change in the cluster, until nothing is broken or the time is up.
 *
 * @returns the last diagnosis
 */
export async function waitUntilHealthy(
  first: Diagnosed,
  look: DiagnosisSource,
  call: DoctorCall,
  waitMs: number,
): Promise<Diagnosed> {
  const { system } = call;
  const timeUp = new AbortController();
  const timer = setTimeout(() => timeUp.abort(), waitMs);
  const signal = AbortSignal.any([timeUp.signal, system.interrupted]);
  const progress = new WaitLine(system, waitMs);
  let last = first;
  let current = look;
  try {
    const snapshots = snapshotsFrom(look, signal);
    let next = snapshots.next();
    while (!isSettled(last) && !signal.aborted) {
      progress.show(` for ${rootCausesOf(last.verdicts).join(', ') || 'ports that are not ready yet'}`);
      const changed = await Promise.race([next, delay(lookAgainMs, undefined, { signal }).catch(() => undefined)]);
      if (changed?.done) break;
      if (changed) {
        current = { ...look, snapshot: changed.value };
        next = snapshots.next();
      }
      if (!signal.aborted) last = await diagnose(asOfNow(current), call);
    }
    // Do not wait for its end: it may be blocked in a request.
    snapshots.return(undefined).catch(() => {});
    next.catch(() => {});
  } finally {
    clearTimeout(timer);
    timeUp.abort();
    progress.end();
  }
  if (!isSettled(last)) {
    const { aborted } = system.interrupted;
    system.stderr.line(aborted ? 'interrupted before it was healthy' : `not healthy after ${goDurationText(waitMs)}`);
  }
  return last;
}

/** The same snapshot with the current time, since some checks depend on ages. */
function asOfNow(look: DiagnosisSource): DiagnosisSource {
  const { connection, snapshot } = look;
  return connection ? { ...look, snapshot: { ...snapshot, takenAt: connection.now().toISOString() } } : look;
}

/** Snapshots after each change. If the server does not answer, takes new snapshots until it does, then watches. */
async function* snapshotsFrom(look: DiagnosisSource, signal: AbortSignal): AsyncGenerator<Snapshot> {
  let { snapshot } = look;
  while (!snapshot.topics.services.observed && !signal.aborted) {
    await delay(lookAgainMs, undefined, { signal }).catch(() => {});
    if (signal.aborted) return;
    snapshot = await look.again();
    yield snapshot;
  }
  const { connection, requests } = look;
  if (connection) yield* watchSnapshot(connection, { namespace: snapshot.namespace, requests }, snapshot, signal);
}
