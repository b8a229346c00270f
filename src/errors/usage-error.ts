import type { Cure } from './cure.ts';

/** The command is invalid or not possible. The exit code is 2, and nothing was changed. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
  readonly exitCode = 2;
  /** The kind of error, kebab-case. Unlike the message, it never changes. */
  readonly code: string;
  /** Suggestions for the user. */
  readonly cures: readonly Cure[];

  /** @param message the fact, without a cure */
  constructor(code: string, message: string, cures: readonly Cure[]) {
    super(message);
    this.code = code;
    this.cures = cures;
  }
}
