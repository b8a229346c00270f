import { goDurationText } from '../arguments/duration.ts';
import type { Endpoint } from '../exposure/endpoint.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import type { System } from '../system.ts';
import { type Settled, whyNot } from './settle-endpoints.ts';

/** One line on a terminal that is written over; nothing elsewhere. */
export class WaitProgress {
  readonly #system: System;
  readonly #until: number;

  constructor(system: System, waitMs: number) {
    this.#system = system;
    this.#until = system.now().getTime() + waitMs;
  }

  show(endpoints: readonly Endpoint[], settled: readonly Settled[], snapshot: Snapshot): void {
    const { stderr } = this.#system;
    if (!stderr.isTerminal) return;
    const late = lateRows(endpoints, settled, snapshot);
    const what = late[0] ?? (endpoints.length === 0 ? 'no endpoint yet' : 'calling');
    const left = goDurationText(Math.max(0, Math.ceil((this.#until - this.#system.now().getTime()) / 1000)) * 1000);
    stderr.progress(`waiting, ${left} left: ${endpoints.length - late.length} of ${endpoints.length} ready; ${what}`);
  }

  end(): void {
    this.#system.stderr.progress(undefined);
  }
}

/** What is not there yet: `train port 8888 is Pending (no load balancer …)`, `train port 8888 does not answer (refused)`. */
export function lateRows(endpoints: readonly Endpoint[], settled: readonly Settled[], snapshot: Snapshot): string[] {
  const answering = new Map(settled.map((each) => [each.row, each]));
  return endpoints.flatMap((row) => {
    const name = `${row.skyCluster} port ${row.port}`;
    if (row.state !== 'Ready') return [`${name} is ${row.state} (${row.reason})`];
    const each = answering.get(row);
    return each && each.standing !== 'answers' && each.standing !== 'not-called'
      ? [`${name} does not answer (${whyNot(each, snapshot)})`]
      : [];
  });
}
