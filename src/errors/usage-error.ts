import type { Cure } from './cure.ts';
import { curesFrom } from './legacy-cure.ts';

/** The user asked for something that cannot be done as asked: exit code 2, and nothing was changed. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
  readonly exitCode = 2;
  /** Stable, kebab-case: what kind of error it is, whatever the words. */
  readonly code: string;
  /** What to type or do instead. */
  readonly cures: readonly Cure[];

  /** @param message the fact, without a cure */
  constructor(code: string, message: string | undefined, cures: readonly Cure[]);
  constructor(message: string, cure?: string);
  constructor(first: string, second?: string, cures?: readonly Cure[]) {
    super(cures ? (second ?? '') : first);
    this.code = cures ? first : 'uncoded';
    this.cures = cures ?? curesFrom(second);
  }

  get cure(): string | undefined {
    return this.cures[0] && `${this.cures[0].command ?? this.cures[0].note}`;
  }
}
