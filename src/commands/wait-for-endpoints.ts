import { goDurationText } from '../arguments/duration.ts';
import type { Endpoint } from '../exposure/endpoint.ts';
import type { Look } from '../kubernetes/collect.ts';
import type { Connection } from '../kubernetes/connect.ts';
import { follow } from '../kubernetes/follow.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import type { System } from '../system.ts';

/** What is waited for, from where. */
export interface Waiting {
  readonly connection: Connection;
  readonly look: Look;
  readonly snapshot: Snapshot;
  resolve(snapshot: Snapshot): readonly Endpoint[];
  readonly waitMs: number;
}

/** How the wait ended: with every endpoint Ready, or with the time up. */
export interface Waited {
  readonly snapshot: Snapshot;
  readonly endpoints: readonly Endpoint[];
  readonly came: boolean;
}

/** Waits by watch requests until every endpoint is Ready and there is one; progress goes to stderr when it is a terminal. */
export async function waitForEndpoints(waiting: Waiting, system: System): Promise<Waited> {
  const { connection, look, waitMs } = waiting;
  let { snapshot } = waiting;
  let endpoints = waiting.resolve(snapshot);
  if (allReady(endpoints) || waitMs === 0 || hopeless(endpoints))
    return { snapshot, endpoints, came: allReady(endpoints) };
  const timeUp = new AbortController();
  const timer = setTimeout(() => timeUp.abort(), waitMs);
  const progress = new Progress(system, waitMs);
  try {
    progress.show(endpoints);
    const signal = AbortSignal.any([timeUp.signal, system.interrupted]);
    const told = new Set<string>();
    const onTrouble = (message: string) => {
      if (!told.has(message)) system.stderr.line(`warning: ${message}; trying again`);
      told.add(message);
    };
    for await (const next of follow(connection, look, snapshot, system.now, signal, onTrouble)) {
      snapshot = next;
      endpoints = waiting.resolve(snapshot);
      if (allReady(endpoints) || hopeless(endpoints)) break;
      progress.show(endpoints);
    }
  } finally {
    clearTimeout(timer);
    progress.end();
  }
  return { snapshot, endpoints, came: allReady(endpoints) };
}

function allReady(endpoints: readonly Endpoint[]): boolean {
  return endpoints.length > 0 && endpoints.every(({ state }) => state === 'Ready');
}

/** What may not be seen stays unseen however long one waits. */
function hopeless(endpoints: readonly Endpoint[]): boolean {
  return endpoints.some(({ state }) => state === 'Unknown');
}

/** One line on a terminal that is written over; nothing elsewhere. */
class Progress {
  readonly #system: System;
  readonly #until: number;

  constructor(system: System, waitMs: number) {
    this.#system = system;
    this.#until = system.now().getTime() + waitMs;
  }

  show(endpoints: readonly Endpoint[]): void {
    const { stderr } = this.#system;
    if (!stderr.isTerminal) return;
    const late = endpoints.filter(({ state }) => state !== 'Ready');
    const first = late[0];
    const what = first
      ? `${first.skyCluster} port ${first.port} is ${first.state}: ${first.reason}`
      : 'no endpoint yet';
    const left = goDurationText(Math.max(0, Math.ceil((this.#until - this.#system.now().getTime()) / 1000)) * 1000);
    stderr.progress(`waiting, ${left} left: ${endpoints.length - late.length} of ${endpoints.length} ready; ${what}`);
  }

  end(): void {
    this.#system.stderr.progress(undefined);
  }
}
