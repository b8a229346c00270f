/** One time limit for several steps. The time starts when the object is created. */
export class Deadline {
  readonly #end: number;

  constructor(limitMs: number) {
    this.#end = performance.now() + limitMs;
  }

  /** The remaining time in milliseconds; 0 after the time limit. */
  get leftMs(): number {
    return Math.max(0, this.#end - performance.now());
  }

  /** The value of a promise, or `late` if the time limit is reached first. */
  async within<T, L>(promise: Promise<T>, late: L): Promise<T | L> {
    let timer: NodeJS.Timeout | undefined;
    const timeUp = new Promise<L>((resolve) => {
      timer = setTimeout(() => resolve(late), this.leftMs);
    });
    try {
      return await Promise.race([promise, timeUp]);
    } finally {
      clearTimeout(timer);
    }
  }
}
