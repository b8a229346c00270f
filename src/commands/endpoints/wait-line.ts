import { goDurationText } from '../../arguments/duration.ts';
import type { Endpoint } from '../../exposure/endpoint.ts';
import type { Snapshot } from '../../snapshot/snapshot.ts';
import type { System } from '../../system.ts';
import { type Settled, whyNot } from './settle.ts';

const secondMs = 1000;

/**
 * The line that shows the progress of a wait: the elapsed time, and what the command waits for. It changes each second.
 * Nothing is printed if stderr is not a terminal.
 */
export class WaitLine {
  readonly #system: Pick<System, 'stderr' | 'now'>;
  readonly #start: number;
  readonly #waitMs: number;
  #what = '';
  #timer: NodeJS.Timeout | undefined;

  constructor(system: Pick<System, 'stderr' | 'now'>, waitMs: number) {
    this.#system = system;
    this.#waitMs = waitMs;
    this.#start = system.now().getTime();
  }

  /**
   * Shows the line.
   *
   * @param what the text after `waiting 12s of 1m0s`
   */
  show(what: string): void {
    if (!this.#system.stderr.isTerminal) return;
    this.#what = what;
    this.#paint();
    // Do not let the timer keep the process alive after the wait.
    this.#timer ??= setInterval(() => this.#paint(), secondMs).unref();
  }

  end(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#system.stderr.progress(undefined);
  }

  #paint(): void {
    const elapsed = Math.floor((this.#system.now().getTime() - this.#start) / secondMs) * secondMs;
    this.#system.stderr.progress(
      `waiting ${goDurationText(Math.max(0, elapsed))} of ${goDurationText(this.#waitMs)}${this.#what}`,
    );
  }
}

/** What the progress line says about these rows, after `waiting 12s of 1m0s`. */
export function progressOf(endpoints: readonly Endpoint[], settled: readonly Settled[], snapshot: Snapshot): string {
  const late = lateRows(endpoints, settled, snapshot);
  const what = late[0] ?? (endpoints.length === 0 ? 'no endpoint yet' : 'calling');
  return `: ${endpoints.length - late.length} of ${endpoints.length} ready; ${what}`;
}

/**
 * The ports that are not ready, and why: `train port 8888 is Pending (no load balancer …)`, `train port 8888 does not
 * answer (refused)`.
 */
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
