import { changingCommands } from './changing-commands.ts';
import type { CommandRow } from './command-row.ts';
import { readingCommands } from './reading-commands.ts';

/** All commands of the matrix. */
export const commands: readonly CommandRow[] = [...readingCommands, ...changingCommands];
