import { setTimeout as delay } from 'node:timers/promises';
import { goDurationText } from '../../arguments/duration.ts';
import { outcomeOf, rootCausesOf } from '../../doctor/judge.ts';
import { firstFact } from '../../doctor/summary.ts';
import { isOpenedInAdvance } from '../../exposure/endpoint.ts';
import { watchSnapshot } from '../../kubernetes/snapshots/watch-snapshot.ts';
import type { Snapshot } from '../../snapshot/snapshot.ts';
import { type Awaited, WaitLine } from '../endpoints/wait-line.ts';
import { sayWithCures } from '../messages.ts';
import { type Diagnosed, type DoctorCall, diagnose } from './diagnose.ts';
import type { DiagnosisSource } from './source.ts';

/**
 * The interval between two diagnoses. A watch alone is not enough: it does not show that an address now answers, or
 * that the API server is available again.
 */
const lookAgainMs = 1000;

/** Whether the wait is over: nothing is broken, and every port is ready. */
export function isSettled({ verdicts, rows, summary }: Diagnosed): boolean {
  const isWaiting = rows.some(
    (row) => row.state === 'Pending' || (row.state === 'NoBackends' && !isOpenedInAdvance(row)),
  );
  return outcomeOf(verdicts) === 'healthy' && summary.state !== 'pending' && !isWaiting;
}

/**
 * Diagnoses again after each change in the cluster, and at least each second, until nothing is broken or the time limit
 * is reached.
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
  let last = first;
  const sayMeanwhile = () => {
    const [tunnel] = last.portForwardHints;
    if (tunnel) sayWithCures(system, 'meanwhile, in another terminal:', [tunnel], call.connectionValues);
  };
  const progress = new WaitLine(system, { waitMs, sayMeanwhile });
  let current = look;
  try {
    const snapshots = snapshotsFrom(look, signal);
    let next = snapshots.next();
    while (!isSettled(last) && !signal.aborted) {
      progress.show(awaitedOf(last));
      const changed = await Promise.race([next, delay(lookAgainMs, undefined, { signal }).catch(() => undefined)]);
      if (changed?.done) break;
      if (changed) {
        current = { ...look, snapshot: changed.value };
        next = snapshots.next();
      }
      if (!signal.aborted) last = await diagnose(asOfNow(current), call);
    }
    // Do not wait until the generator ends: it may be blocked in a request.
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

function awaitedOf({ verdicts }: Diagnosed): Awaited {
  const causes = rootCausesOf(verdicts);
  if (causes.length === 0) return { fact: ' for ports that are not ready yet' };
  return { fact: ` for ${causes.join(', ')}`, reason: firstFact(verdicts) };
}

/** The same snapshot with the present time, because some checks depend on the ages of objects. */
function asOfNow(look: DiagnosisSource): DiagnosisSource {
  const { connection, snapshot } = look;
  return connection ? { ...look, snapshot: { ...snapshot, takenAt: connection.now().toISOString() } } : look;
}

/**
 * Yields a snapshot after each change in the cluster. If the API server does not answer, first tries again until it
 * answers.
 */
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
