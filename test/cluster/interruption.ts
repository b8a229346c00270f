const signalNumbers: Readonly<Record<string, number>> = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 };

/**
 * Has SIGHUP, SIGINT and SIGTERM end this process with its clean-up (`at-exit.ts`) and the customary exit code.
 * `before`, while given, may delay that until something has been put in order; a second signal does not wait.
 */
export class Interruption {
  /** Resolves when nothing more is to be waited for. */
  before: ((signal: string) => Promise<unknown>) | undefined;

  constructor() {
    for (const signal of Object.keys(signalNumbers)) process.on(signal, () => this.#end(signal));
  }

  async #end(signal: string): Promise<void> {
    const { before } = this;
    this.before = undefined;
    await before?.(signal);
    process.exit(exitCodeOf(signal));
  }
}

/** 128 + the signal's number, as shells have it. */
export function exitCodeOf(signal: string): number {
  return 128 + (signalNumbers[signal] ?? 9);
}
