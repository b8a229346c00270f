/** What a Failure may have besides its message. */
export interface FailureOptions extends ErrorOptions {
  /** Default 1; 4 where a missing permission leaves the answer unknown. */
  readonly exitCode?: number;
  /** Lines that follow the message: what was done, what was not. */
  readonly details?: readonly string[];
}

/**
 * The world did not do what it should (server unreachable, credentials expired, a write refused): exit code 1.
 * `message` states the fact; `cure`, when there is one, is what to type or do next.
 */
export class Failure extends Error {
  override readonly name: string = 'Failure';
  readonly exitCode: number;
  readonly cure: string | undefined;
  readonly details: readonly string[];

  constructor(message: string, cure?: string, { exitCode = 1, details = [], ...options }: FailureOptions = {}) {
    super(message, options);
    this.exitCode = exitCode;
    this.cure = cure;
    this.details = details;
  }
}
