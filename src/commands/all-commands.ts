import type { Command } from './command.ts';
import { endpointsCommand } from './endpoints.ts';

/** Every command, in the order of the help. */
export const allCommands: readonly Command[] = [endpointsCommand as unknown as Command];
