import type { System } from '../../system.ts';

/** After this time without an answer, a command prints what it is waiting for. */
const silentMs = 10_000;

/** The operations that this process is waiting for. After `silentMs`, the first of them is printed. */
class Silence {
  readonly #waiting = new Map<object, string>();
  #timer: NodeJS.Timeout | undefined;

  begin(what: string, { stderr }: System): () => void {
    const key = {};
    this.#waiting.set(key, what);
    this.#timer ??= setTimeout(() => {
      const [first] = this.#waiting.values();
      if (first !== undefined) stderr.line(`still waiting for ${first}; Ctrl-C ends it`);
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
 * On a terminal, prints once what the command is waiting for, after ten seconds. kubectl prints nothing.
 *
 * @returns the function to call when the wait is over
 */
export function whileWaiting(what: string, system: System): () => void {
  if (!system.stderr.isTerminal) return () => {};
  const silence = silences.get(system.interrupted) ?? new Silence();
  silences.set(system.interrupted, silence);
  return silence.begin(what, system);
}
