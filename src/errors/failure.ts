import type { Cure } from './cure.ts';

export interface FailureOptions extends ErrorOptions {
  /** The default is 1. Use 4 if the answer is unknown because a permission is missing. */
  readonly exitCode?: number;
  /** Lines after the message: what the command did, and what it did not do. */
  readonly details?: readonly string[];
}

/**
 * An operation failed: for example, the server is unreachable, the credentials have expired, or a write was refused.
 * The default exit code is 1.
 */
export class Failure extends Error {
  override readonly name: string = 'Failure';
  readonly exitCode: number;
  /** The kind of error, kebab-case. Unlike the message, it never changes. */
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

/** The user lacks a permission that the command needs, so the answer is unknown. The exit code is 4. */
export class UnseenError extends Failure {
  override readonly name = 'UnseenError';

  constructor(code: string, message: string, cures: readonly Cure[]) {
    super(code, message, cures, { exitCode: 4 });
  }
}

/**
 * SIGINT or SIGTERM ended the command early. The exit code here is that of SIGINT: 128 plus the number of the signal.
 * For SIGTERM, main.ts sets another exit code.
 */
export class InterruptedError extends Failure {
  override readonly name = 'InterruptedError';

  constructor(message = 'interrupted') {
    super('interrupted', message, [], { exitCode: 130 });
  }
}
