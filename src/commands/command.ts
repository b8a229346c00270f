import type { CommandDescription } from '../arguments/command-description.ts';
import type { Flags, FlagValues } from '../arguments/flag.ts';
import type { connectionFlags } from './connection/flags.ts';

/** Exit codes; they don't depend on the output format. */
export const exitCodes = { fine: 0, failed: 1, misused: 2, problems: 3, uncertain: 4 } as const;

/** A command as data: cli.ts finds it by its name and reads its flags; run-command.ts knows what runs it. */
export type Command<F extends Flags = Flags> = CommandDescription<F>;

/** The connection flags' values, by their names on the command line. */
export type ConnectionValues = FlagValues<typeof connectionFlags>;

/** Exists for inference: the values a command gets follow from the flags it declares. */
export function defineCommand<const F extends Flags>(command: Command<F>): Command<F> {
  return command;
}
