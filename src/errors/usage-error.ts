import type { Cure } from './cure.ts';

/** The user asked for something that cannot be done as asked: exit code 2, and nothing was changed. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
  readonly exitCode = 2;
  /** Stable, kebab-case: what kind of error it is, whatever the words. */
  readonly code: string;
  /** What to type or do instead. */
  readonly cures: readonly Cure[];

  /** @param message the fact, without a cure */
  constructor(code: string, message: string, cures: readonly Cure[]) {
    super(message);
    this.code = code;
    this.cures = cures;
  }
}
