/** The header has whole seconds, and its answer takes a moment: a smaller difference shows nothing. */
const agrees = { behindMs: 3000, aheadMs: 2000 };

/**
 * What time it is for the API server, by the `Date` of its answers. Times in objects are the server's, and this machine's
 * clock may be wrong. Local time until an answer came, and while the two agree.
 */
export class ServerClock {
  readonly #local: () => Date;
  #aheadMs = 0;

  constructor(local: () => Date) {
    this.#local = local;
  }

  /** @param date the header `Date` of an answer that has just come */
  note(date: string | undefined): void {
    const time = Date.parse(date ?? '');
    if (Number.isNaN(time)) return;
    const ahead = time - this.#local().getTime();
    this.#aheadMs = ahead > -agrees.behindMs && ahead < agrees.aheadMs ? 0 : ahead;
  }

  now(): Date {
    return new Date(this.#local().getTime() + this.#aheadMs);
  }
}
