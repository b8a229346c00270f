import { annotateCommand } from './annotate.ts';
import type { Command } from './command.ts';
import { completionCommand } from './completion.ts';
import { configCommand } from './config.ts';
import { doctorCommand } from './doctor.ts';
import { endpointsCommand } from './endpoints.ts';
import { exposeCommand } from './expose.ts';
import { forwardCommand } from './forward.ts';
import { pruneCommand } from './prune.ts';
import { unexposeCommand } from './unexpose.ts';
import { versionCommand } from './version.ts';

/** Every command, in the order of the help. */
export const allCommands: readonly Command[] = [
  endpointsCommand,
  exposeCommand,
  unexposeCommand,
  forwardCommand,
  annotateCommand,
  doctorCommand,
  pruneCommand,
  configCommand,
  completionCommand,
  versionCommand,
] as unknown as readonly Command[];
