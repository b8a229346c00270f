import type { RunOutcome } from '../helpers/run-skyports.ts';
import type { Trial } from './try-cell.ts';

/** A trial whose command ended. */
export interface Ended extends Trial {
  readonly first: RunOutcome;
}

/** Something that holds in every trial that it applies to. */
export interface Invariant {
  /** One sentence for docs/reliability.md. */
  readonly title: string;
  /** What is wrong, a line each; undefined if the trial does not try this. */
  readonly broken: (trial: Ended) => readonly string[] | undefined;
}

/** `[text]` if it is so, else nothing wrong. */
export function wrongIf(isWrong: boolean, text: string): readonly string[] {
  return isWrong ? [text] : [];
}
