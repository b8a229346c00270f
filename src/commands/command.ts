import type { CommandDescription } from '../arguments/command-description.ts';
import type { Flags, FlagValues } from '../arguments/flag.ts';
import type { connectionFlags } from './connection/flags.ts';

/** Exit codes. They don't depend on the output format. */
export const exitCodes = { fine: 0, failed: 1, misused: 2, problems: 3, uncertain: 4 } as const;

/** A command as data. cli.ts finds it by its name and reads its flags; run-command.ts runs it. */
export type Command<F extends Flags = Flags> = CommandDescription<F>;

/** Values of the connection flags, by name. */
export type ConnectionValues = FlagValues<typeof connectionFlags>;

/** Exists for type inference: the type of a command's flag values follows from its flags. */
export function defineCommand<const F extends Flags>(command: Command<F>): Command<F> {
  return command;
}
