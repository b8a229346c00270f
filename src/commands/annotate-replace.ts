import { advice, type Command, cure } from '../errors/cure.ts';
import { UsageError } from '../errors/usage-error.ts';
import { agrees } from './agrees.ts';
import type { AnnotateCall } from './annotate-look.ts';
import { say } from './expose-messages.ts';

/** A value that is about to take the place of another one. */
export interface Replacement {
  /** "Service a/b has the address": what holds the old value. */
  readonly holder: string;
  readonly old: string;
  readonly value: string;
  /** Shows the change without making it. */
  readonly rehearsal: Command | null;
}

/** Asks once for each value that would be replaced. */
export class ReplaceQuestion {
  readonly #call: AnnotateCall;
  #agreed: string | undefined;

  constructor(call: AnnotateCall) {
    this.#call = call;
  }

  /**
   * Whether the value may be replaced: by `-y`, in a dry run, or when the user agrees.
   *
   * @throws UsageError if there is no terminal to ask on
   */
  async allows({ holder, old, value, rehearsal }: Replacement): Promise<boolean> {
    const { given, system } = this.#call;
    if (given.yes || given.dryRun || this.#agreed === old) return true;
    if (!system.stdinIsTerminal) {
      throw new UsageError('no-terminal', `${holder} "${old}" already, and there is no terminal to ask on`, [
        cure(rehearsal, 'shows what would change'),
        advice('add -y to replace the address without a question'),
      ]);
    }
    if (await agrees(system, `Replace "${old}" by "${value}"?`)) {
      this.#agreed = old;
      return true;
    }
    say(system, 'nothing was changed');
    return false;
  }
}
