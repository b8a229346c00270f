import type { RunOptions, RunOutcome } from '../helpers/run-skyports.ts';
import type { PlaceName } from './places.ts';
import type { Site } from './site.ts';

/** One command line of the matrix. Patterns match lines `OBJECT: FACT` (facts.ts). */
export interface CommandRow {
  readonly name: string;
  readonly places: readonly PlaceName[];
  readonly args: (site: Site) => readonly string[];
  readonly options?: (site: Site) => RunOptions;
  /** Makes the Services, Ingresses and files that the command finds. */
  readonly build: (site: Site) => Promise<void>;
  /** Kinds without which the command has no answer. */
  readonly vital: readonly string[];
  /** Of these the ones that it has to be allowed to see; default: all. */
  readonly vitalRights?: readonly string[];
  readonly codes: {
    /** With nothing in between. */
    readonly fine: readonly number[];
    /** If a vital read failed, or a write. */
    readonly failed: readonly number[];
    /** If a vital read is forbidden. */
    readonly forbidden: readonly number[];
  };
  /** What has to be so in the end. */
  readonly wants?: (site: Site) => readonly RegExp[];
  /** What must not be so in the end. Everything else that was so before stays. */
  readonly takes?: (site: Site) => readonly RegExp[];
  /** For commands that answer a question: what of the output is the answer. */
  readonly answer?: (outcome: RunOutcome, site: Site) => string;
  /** Whether an exit code of 0 without the answer is right, because the output names what is missing. */
  readonly saysWhatIsMissing?: (outcome: RunOutcome) => boolean;
  /** Whether an exit code of 0 calls something healthy. */
  readonly judges?: true;
  /** How long the command waits by itself for a change to take effect. */
  readonly waitsMs?: number;
}
