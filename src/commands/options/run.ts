import { command, cure } from '../../errors/cure.ts';
import { UsageError } from '../../errors/usage-error.ts';
import { helpLines, renderOptions } from '../../output/help-text.ts';
import type { System } from '../../system.ts';
import { type ConnectionValues, exitCodes } from '../command.ts';
import { connectionFlags } from '../connection/flags.ts';
import type { OptionsFlagValues } from './command.ts';

/** Runs `options`; returns the exit code. */
export async function runOptions(
  operands: readonly string[],
  _flags: OptionsFlagValues,
  _connectionValues: ConnectionValues,
  system: System,
): Promise<number> {
  const [word] = operands;
  if (word !== undefined) {
    throw new UsageError('unexpected-argument', `options takes no argument "${word}"`, [
      cure(command`kubectl skyports options`),
    ]);
  }
  system.stdout.lines(helpLines(renderOptions(connectionFlags, system.stdout.columns)));
  return exitCodes.fine;
}
