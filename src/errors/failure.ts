import type { Cure } from './cure.ts';

/** What a Failure may have besides its message. */
export interface FailureOptions extends ErrorOptions {
  /** Default 1; 4 where a missing permission leaves the answer unknown. */
  readonly exitCode?: number;
  /** Lines that follow the message: what was done, what was not. */
  readonly details?: readonly string[];
}

/** The world did not do what it should (server unreachable, credentials expired, a write refused): exit code 1. */
export class Failure extends Error {
  override readonly name: string = 'Failure';
  readonly exitCode: number;
  /** Stable, kebab-case: what kind of error it is, whatever the words. */
  readonly code: string;
  /** What to type or do next. */
  readonly cures: readonly Cure[];
  readonly details: readonly string[];

  /** @param message the fact, without a cure */
  constructor(
    code: string,
    message: string,
    cures: readonly Cure[],
    { exitCode = 1, details = [], ...options }: FailureOptions = {},
  ) {
    super(message, options);
    this.code = code;
    this.exitCode = exitCode;
    this.cures = cures;
    this.details = details;
  }
}

/** Something that decides about the command may not be seen: a permission is missing, and the answer is unknown. Exit code 4. */
export class UnseenError extends Failure {
  override readonly name = 'UnseenError';

  constructor(code: string, message: string, cures: readonly Cure[]) {
    super(code, message, cures, { exitCode: 4 });
  }
}

/** The user or the system ended the process (SIGINT, SIGTERM) before it was done. 128 + SIGINT; main.ts knows the signal. */
export class InterruptedError extends Failure {
  override readonly name = 'InterruptedError';

  constructor(message = 'interrupted') {
    super('interrupted', message, [], { exitCode: 130 });
  }
}
