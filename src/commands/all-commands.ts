import { annotateCommand } from './annotate.ts';
import type { Command } from './command.ts';
import { doctorCommand } from './doctor.ts';
import { endpointsCommand } from './endpoints.ts';
import { exposeCommand } from './expose.ts';
import { unexposeCommand } from './unexpose.ts';

/** Every command, in the order of the help. */
export const allCommands: readonly Command[] = [
  endpointsCommand,
  exposeCommand,
  unexposeCommand,
  annotateCommand,
  doctorCommand,
] as unknown as readonly Command[];
