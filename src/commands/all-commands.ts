import { annotateCommand } from './annotate/command.ts';
import type { Command } from './command.ts';
import { completionCommand } from './completion/command.ts';
import { configCommand } from './config/command.ts';
import { doctorCommand } from './doctor/command.ts';
import { endpointsCommand } from './endpoints/command.ts';
import { exposeCommand } from './expose/command.ts';
import { forwardCommand } from './forward/command.ts';
import { pruneCommand } from './prune/command.ts';
import { unexposeCommand } from './unexpose/command.ts';
import { versionCommand } from './version/command.ts';

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
