import type { FlagValues } from '../arguments/flag.ts';
import { annotateCommand } from './annotate/command.ts';
import type { Command } from './command.ts';
import { completionCommand } from './completion/command.ts';
import { configCommand } from './config/command.ts';
import { doctorCommand } from './doctor/command.ts';
import { endpointsCommand } from './endpoints/command.ts';
import { exposeCommand } from './expose/command.ts';
import { forwardCommand } from './forward/command.ts';
import { openCommand } from './open/command.ts';
import { optionsCommand } from './options/command.ts';
import { pruneCommand } from './prune/command.ts';
import { unexposeCommand } from './unexpose/command.ts';
import { versionCommand } from './version/command.ts';

const commands = {
  endpoints: endpointsCommand,
  expose: exposeCommand,
  unexpose: unexposeCommand,
  open: openCommand,
  forward: forwardCommand,
  doctor: doctorCommand,
  annotate: annotateCommand,
  prune: pruneCommand,
  config: configCommand,
  completion: completionCommand,
  options: optionsCommand,
  version: versionCommand,
} as const;

export type CommandName = keyof typeof commands;

/** The flags that the `run` function of a command receives: the command's own flags, with their values. */
export type FlagValuesOf<Name extends CommandName> = FlagValues<(typeof commands)[Name]['flags']>;

/** Every command, in the order of the help. */
export const allCommands = Object.values(commands) as unknown as readonly Command[];
