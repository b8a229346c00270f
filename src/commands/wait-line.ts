import { goDurationText } from '../arguments/duration.ts';
import type { System } from '../system.ts';

const secondMs = 1000;

/** One line on a terminal that says what is awaited and for how long, painted again each second; nothing elsewhere. */
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

  /** @param what follows `waiting 12s of 1m0s` */
  show(what: string): void {
    if (!this.#system.stderr.isTerminal) return;
    this.#what = what;
    this.#paint();
    // A wait ends by itself: this must not keep the process.
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
