import type { System } from '../../system.ts';

/** If nothing answers for this time, in milliseconds, a command prints what it is waiting for. */
const silentMs = 5000;

/** The operations that this process is waiting for. After `silentMs`, the oldest one is printed. */
class Silence {
  readonly #waiting = new Map<object, string>();
  #timer: NodeJS.Timeout | undefined;

  begin(what: string, system: System): () => void {
    const key = {};
    this.#waiting.set(key, what);
    this.#timer ??= setTimeout(() => {
      const [first] = this.#waiting.values();
      // Open stderr only here, because opening it takes a millisecond.
      if (first !== undefined && system.stderr.isTerminal) {
        system.stderr.line(`still waiting for ${first}; Ctrl-C ends it`);
      }
    }, silentMs).unref();
    return () => {
      this.#waiting.delete(key);
      if (this.#waiting.size > 0) return;
      clearTimeout(this.#timer);
      this.#timer = undefined;
    };
  }
}

const silences = new WeakMap<AbortSignal, Silence>();

/**
 * After five seconds, prints once on a terminal what the command is waiting for. kubectl prints nothing in this case.
 *
 * @returns the function to call when the wait is over
 */
export function whileWaiting(what: string, system: System): () => void {
  const silence = silences.get(system.interrupted) ?? new Silence();
  silences.set(system.interrupted, silence);
  return silence.begin(what, system);
}
