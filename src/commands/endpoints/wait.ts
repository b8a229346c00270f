import { goDurationText } from '../../arguments/duration.ts';
import { type Cure, command, cure } from '../../errors/cure.ts';
import type { Endpoint } from '../../exposure/endpoint.ts';
import type { Connection } from '../../kubernetes/api/connect.ts';
import type { ListRequests } from '../../kubernetes/snapshots/collect.ts';
import { watchSnapshot } from '../../kubernetes/snapshots/watch-snapshot.ts';
import { operandOf } from '../../skypilot/operand.ts';
import type { Snapshot } from '../../snapshot/snapshot.ts';
import type { System } from '../../system.ts';
import type { ConnectionValues } from '../command.ts';
import { say, sayWithCures } from '../messages.ts';
import { type Answers, callEndpoints, type Settled, settledRows } from './settle.ts';
import { lateRows, progressOf, WaitLine } from './wait-line.ts';

/** The endpoints to wait for, and how to find them in a snapshot. */
export interface Waiting {
  readonly connection: Connection;
  readonly look: ListRequests;
  readonly snapshot: Snapshot;
  resolve(snapshot: Snapshot): readonly Endpoint[];
  readonly waitMs: number;
  readonly values: ConnectionValues;
}

/**
 * The result of a wait. `came` is true if every endpoint became Ready in time, and no URL needs another call. A URL
 * needs no other call if it answers, nothing listens on its port yet, or this machine cannot call it.
 */
export interface Waited {
  readonly snapshot: Snapshot;
  readonly endpoints: readonly Endpoint[];
  readonly came: boolean;
  /** The results of the last calls; empty if not every endpoint was Ready. */
  readonly settled: readonly Settled[];
}

/**
 * The time between two rounds of calls. A new load balancer may refuse connections for a moment. So a failed call
 * counts only if the next call fails, too.
 */
const betweenCallsMs = 1000;

/**
 * Waits until there is an endpoint, every endpoint is Ready, and no URL needs another call (see `Waited`). Watches the
 * cluster, and calls the URLs once a second. On a terminal, stderr shows the progress.
 */
export async function waitForEndpoints(waiting: Waiting, system: System): Promise<Waited> {
  const { connection, look, waitMs } = waiting;
  let { snapshot } = waiting;
  let endpoints = waiting.resolve(snapshot);
  if (waitMs === 0 || hopeless(endpoints)) {
    return { snapshot, endpoints, came: allReady(endpoints) && waitMs === 0, settled: [] };
  }
  const timeUp = new AbortController();
  const timer = setTimeout(() => timeUp.abort(), waitMs);
  const signal = AbortSignal.any([timeUp.signal, system.interrupted]);
  let settled: readonly Settled[] = [];
  const sayMeanwhile = () => {
    const [late] = lateRows(endpoints, settled, snapshot);
    if (late) sayWithCures(system, 'meanwhile, in another terminal:', meanwhileCures(late.row), waiting.values);
  };
  const progress = new WaitLine(system, { waitMs, sayMeanwhile });
  const rounds = new Rounds(system);
  let changes: AsyncGenerator<Snapshot> | undefined;
  let next: Promise<IteratorResult<Snapshot>> | undefined;
  try {
    while (true) {
      settled = allReady(endpoints) ? await rounds.call(endpoints, snapshot) : [];
      // Set the time of the snapshot to now. The ages of objects are computed from this time, and they show whether an
      // answer is final.
      if (settled.length > 0) snapshot = { ...snapshot, takenAt: connection.now().toISOString() };
      if (hopeless(endpoints)) return { snapshot, endpoints, came: false, settled };
      if (settled.length > 0 && rounds.isOver) return { snapshot, endpoints, came: true, settled };
      if (signal.aborted) return { snapshot, endpoints, came: false, settled };
      progress.show(progressOf(endpoints, settled, snapshot));
      changes ??= watchSnapshot(connection, look, snapshot, signal, onceEach(system));
      next ??= changes.next();
      const changed = await Promise.race([next, ...(settled.length > 0 ? [pause(signal)] : [])]);
      if (!changed) continue;
      if (changed.done) return { snapshot, endpoints, came: false, settled };
      snapshot = changed.value;
      endpoints = waiting.resolve(snapshot);
      next = undefined;
    }
  } finally {
    clearTimeout(timer);
    timeUp.abort();
    next?.catch(() => {});
    progress.end();
  }
}

/** Calls the URLs of the rows in rounds. A failed call counts only if the previous call failed in the same way. */
class Rounds {
  readonly #system: System;
  #before = new Map<string, Settled['standing']>();
  isOver = false;

  constructor(system: System) {
    this.#system = system;
  }

  async call(rows: readonly Endpoint[], snapshot: Snapshot): Promise<Settled[]> {
    const answers: Answers = await callEndpoints(rows, snapshot, this.#system);
    const settled = settledRows(answers);
    this.isOver = settled.every((each) => this.#isDone(each));
    this.#before = new Map(settled.map(({ row, standing }) => [keyOf(row), standing]));
    return settled;
  }

  #isDone({ row, standing, answer }: Settled): boolean {
    if (standing === 'answers') return true;
    if (standing === 'waits') return false;
    return answer.outcome === 'not-called' || this.#before.get(keyOf(row)) === standing;
  }
}

function keyOf({ namespace, nameOnCloud, mode, port, url }: Endpoint): string {
  return [namespace, nameOnCloud, mode, port, url].join(' ');
}

function allReady(endpoints: readonly Endpoint[]): boolean {
  return endpoints.length > 0 && endpoints.every(({ state }) => state === 'Ready');
}

/**
 * Whether to stop waiting, because a row is Unknown. This means that a permission is missing, and waiting does not
 * change that.
 */
export function hopeless(endpoints: readonly Endpoint[]): boolean {
  return endpoints.some(({ state }) => state === 'Unknown');
}

function onceEach(system: System): (message: string) => void {
  const told = new Set<string>();
  return (message) => {
    if (!told.has(message)) say(system, `warning: ${message}; trying again`);
    told.add(message);
  };
}

/** Resolves after `betweenCallsMs`, or when the signal is aborted. */
function pause(signal: AbortSignal): Promise<undefined> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve(undefined);
    };
    const timer = setTimeout(done, betweenCallsMs);
    signal.addEventListener('abort', done);
  });
}

/** How to report a wait that ended before every port was ready. */
interface Late {
  readonly waitMs: number;
  /** Whether the user asked for the wait (`--wait`). If so, a late port is an error. */
  readonly isError: boolean;
  readonly values: ConnectionValues;
}

/** Reports which endpoints are not ready and why, and suggests how to find the cause. */
export function sayLate(waited: Waited, { waitMs, isError, values }: Late, system: System): void {
  const late = lateRows(waited.endpoints, waited.settled, waited.snapshot).map(
    ({ fact, reason }) => `${fact} (${reason})`,
  );
  const fact = `${endOf(waited, waitMs, system)}: ${late.join('; ') || 'no endpoint appeared'}`;
  sayWithCures(system, isError ? `error: ${fact}` : fact, curesOf(waited), values);
}

/** Why the wait ended. The text contains the time limit only if the wait reached it. */
function endOf({ endpoints }: Waited, waitMs: number, { interrupted }: System): string {
  if (interrupted.aborted) return 'interrupted before every port was ready';
  if (hopeless(endpoints)) return 'waiting cannot help';
  return `not ready after ${goDurationText(waitMs)}`;
}

/** Suggests `doctor` for the first SkyPilot cluster that has a port which is not ready. */
function curesOf({ endpoints, settled }: Waited): Cure[] {
  const answering = new Set(
    settled.filter(({ standing }) => standing === 'answers' || standing === 'not-called').map(({ row }) => row),
  );
  const late = endpoints.filter((row) => row.state !== 'Ready' || (settled.length > 0 && !answering.has(row)));
  const [first] = late;
  if (!first) return [];
  const ports = new Set(late.filter((row) => row.nameOnCloud === first.nameOnCloud).map(({ port }) => port));
  return [doctorCure(first, [...ports])];
}

function doctorCure(row: Endpoint, ports: readonly number[]): Cure {
  return cure(
    command`kubectl skyports doctor ${operandOf(row)} ${ports} -n ${row.namespace}`,
    'says why and how to fix it',
  );
}

/** What a user can do during a wait. A tunnel needs a ready Pod, but no address. */
function meanwhileCures(row: Endpoint): Cure[] {
  const tunnel = command`kubectl skyports forward ${operandOf(row)} ${row.port} -n ${row.namespace}`;
  return [
    doctorCure(row, [row.port]),
    ...(row.state === 'Pending' ? [cure(tunnel, 'reaches the app through a tunnel')] : []),
  ];
}
