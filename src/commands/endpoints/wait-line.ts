import { goDurationText } from '../../arguments/duration.ts';
import type { Endpoint } from '../../exposure/endpoint.ts';
import { spinner } from '../../output/look.ts';
import { shortened } from '../../output/terminal-text.ts';
import type { Snapshot } from '../../snapshot/snapshot.ts';
import type { System } from '../../system.ts';
import { type Settled, whyNot } from './settle.ts';

const secondMs = 1000;
/** After this time, many users want to do something else meanwhile. */
const meanwhileMs = 15_000;

/** What a command waits for. */
export interface Awaited {
  /** Follows `waiting 12s of 1m0s`. */
  readonly fact: string;
  /** Why the wait goes on. On a narrow terminal, the middle of this text is left out. */
  readonly reason?: string | undefined;
}

interface WaitOptions {
  readonly waitMs: number;
  /** Prints what the user can do meanwhile. Is called once, on a terminal. */
  readonly sayMeanwhile?: (() => void) | undefined;
}

/**
 * Shows the progress of a wait on stderr. On a terminal, it is one line with the elapsed time, which changes each
 * second. Elsewhere, it is a new line for each change of what the command waits for.
 */
export class WaitLine {
  readonly #system: Pick<System, 'stderr' | 'now'>;
  readonly #start: number;
  readonly #options: WaitOptions;
  #awaited: Awaited = { fact: '' };
  #timer: NodeJS.Timeout | undefined;
  #frame = 0;
  #hasSaidMeanwhile = false;

  constructor(system: Pick<System, 'stderr' | 'now'>, options: WaitOptions) {
    this.#system = system;
    this.#options = options;
    this.#start = system.now().getTime();
  }

  show(awaited: Awaited): void {
    const before = textOf(this.#awaited);
    this.#awaited = awaited;
    if (this.#system.stderr.repaints) {
      this.#paint();
      // Do not let the timer keep the process alive after the wait.
      this.#timer ??= setInterval(() => this.#paint(), secondMs).unref();
    } else if (textOf(awaited) !== before) {
      this.#system.stderr.line(`waiting at most ${goDurationText(this.#options.waitMs)}${textOf(awaited)}`);
    }
  }

  end(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#system.stderr.progress(undefined);
  }

  #paint(): void {
    const { stderr, now } = this.#system;
    const { waitMs, sayMeanwhile } = this.#options;
    const elapsed = Math.max(0, Math.floor((now().getTime() - this.#start) / secondMs) * secondMs);
    if (elapsed >= meanwhileMs && !this.#hasSaidMeanwhile) {
      this.#hasSaidMeanwhile = true;
      sayMeanwhile?.();
    }
    const { fact, reason } = this.#awaited;
    const mark = spinner[this.#frame++ % spinner.length];
    const start = `${mark} waiting ${goDurationText(elapsed)} of ${goDurationText(waitMs)}${fact}`;
    // The last column stays free, so that the cursor stays on the line.
    const room = stderr.columns - start.length - ' ()'.length - 1;
    stderr.progress(reason && room > leastReason ? `${start} (${shortened(reason, room)})` : start);
  }
}

/** A shorter text would say nothing. */
const leastReason = 12;

function textOf({ fact, reason }: Awaited): string {
  return reason ? `${fact} (${reason})` : fact;
}

/** What the progress line says about these rows. */
export function progressOf(endpoints: readonly Endpoint[], settled: readonly Settled[], snapshot: Snapshot): Awaited {
  if (endpoints.length === 0) return { fact: ': no endpoint yet' };
  const late = lateRows(endpoints, settled, snapshot);
  const [first] = late;
  const fact = `: ${endpoints.length - late.length} of ${endpoints.length} ready; ${first?.fact ?? 'calling'}`;
  return { fact, reason: first?.reason };
}

/** A port that is not ready, and why. */
export interface LateRow {
  readonly row: Endpoint;
  /** `train port 8888 is Pending`, `train port 8888 does not answer`. */
  readonly fact: string;
  readonly reason: string;
}

/** The ports that are not ready. */
export function lateRows(endpoints: readonly Endpoint[], settled: readonly Settled[], snapshot: Snapshot): LateRow[] {
  const answering = new Map(settled.map((each) => [each.row, each]));
  return endpoints.flatMap((row) => {
    const name = `${row.skyCluster} port ${row.port}`;
    if (row.state !== 'Ready') return [{ row, fact: `${name} is ${row.state}`, reason: row.reason }];
    const each = answering.get(row);
    return each && each.standing !== 'answers' && each.standing !== 'not-called'
      ? [{ row, fact: `${name} does not answer`, reason: whyNot(each, snapshot) }]
      : [];
  });
}
