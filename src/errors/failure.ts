import type { Cure } from './cure.ts';
import { curesFrom } from './legacy-cure.ts';

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
  constructor(code: string, message: string, cures: readonly Cure[], options?: FailureOptions);
  constructor(message: string, cure?: string, options?: FailureOptions);
  constructor(first: string, second?: string, third?: readonly Cure[] | FailureOptions, fourth?: FailureOptions) {
    const isNew = Array.isArray(third);
    const { exitCode = 1, details = [], ...options } = (isNew ? fourth : (third as FailureOptions)) ?? {};
    super(isNew ? second : first, options);
    this.exitCode = exitCode;
    this.code = isNew ? first : 'uncoded';
    this.cures = isNew ? (third as readonly Cure[]) : curesFrom(second);
    this.details = details;
  }

  get cure(): string | undefined {
    return this.cures[0] && `${this.cures[0].command ?? this.cures[0].note}`;
  }
}
