/** One part of docs/reliability.md, with the figures of a run. */
export interface Section {
  readonly title: string;
  readonly rows: readonly SectionRow[];
  /** One line for each trial that did not hold. */
  readonly failures: readonly string[];
  /** What a reader needs to know about the figures, a paragraph each. */
  readonly notes: readonly string[];
}

/** One promise, and how often it was kept. */
export interface SectionRow {
  readonly what: string;
  readonly tried: number;
  readonly held: number;
}

/** What every section gets from `npm run soak`. */
export interface SectionOptions {
  /** Shows one line of progress. */
  readonly say: (text: string) => void;
  /** Trials by their names; default: all. */
  readonly only?: RegExp;
}
