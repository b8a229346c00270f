import type { Cure } from './cure.ts';

/** The options of a Failure. */
export interface FailureOptions extends ErrorOptions {
  /** The default is 1. It is 4 if a missing permission leaves the answer unknown. */
  readonly exitCode?: number;
  /** Lines after the message: what was done and what was not. */
  readonly details?: readonly string[];
}

/** An operation failed (server unreachable, credentials expired, a write refused). By default, the exit code is 1. */
export class Failure extends Error {
  override readonly name: string = 'Failure';
  readonly exitCode: number;
  /** The kind of error, kebab-case. It stays the same if the message changes. */
  readonly code: string;
  /** Suggestions for the user. */
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

/** The user lacks a permission that the command needs, so the answer is unknown. Exit code 4. */
export class UnseenError extends Failure {
  override readonly name = 'UnseenError';

  constructor(code: string, message: string, cures: readonly Cure[]) {
    super(code, message, cures, { exitCode: 4 });
  }
}

/**
 * SIGINT or SIGTERM ended the command early. The exit code here is for SIGINT: 128 plus the number of the signal.
 * main.ts sets the exit code for the signal that was received.
 */
export class InterruptedError extends Failure {
  override readonly name = 'InterruptedError';

  constructor(message = 'interrupted') {
    super('interrupted', message, [], { exitCode: 130 });
  }
}
