import type { CommandDescription } from '../arguments/command-description.ts';
import type { Flags, FlagValues } from '../arguments/flag.ts';
import type { connectionFlags } from './connection/flags.ts';

/** Exit codes. They don't depend on the output format. */
export const exitCodes = { fine: 0, failed: 1, misused: 2, problems: 3, uncertain: 4 } as const;

/** The data of a command. cli.ts finds a command by its name and parses its flags. Then run-command.ts runs it. */
export type Command<F extends Flags = Flags> = CommandDescription<F>;

/** Values of the connection flags, by name. */
export type ConnectionValues = FlagValues<typeof connectionFlags>;

/**
 * Returns the command unchanged. Only for TypeScript: in a call, it derives the type of the flag values from the flags.
 */
export function defineCommand<const F extends Flags>(command: Command<F>): Command<F> {
  return command;
}
