import type { System } from '../system.ts';
import type { CommandName, FlagValuesOf } from './all-commands.ts';
import type { ConnectionValues } from './command.ts';

/**
 * The functions that run the commands. Each function loads the code of its command, so a call loads only the code that
 * it needs.
 */
const runners: {
  readonly [Name in CommandName]: (
    operands: readonly string[],
    flags: FlagValuesOf<Name>,
    connection: ConnectionValues,
    system: System,
  ) => Promise<number>;
} = {
  endpoints: async (...call) => (await import('./endpoints/run.ts')).runEndpoints(...call),
  expose: async (...call) => (await import('./expose/run.ts')).runExpose(...call),
  unexpose: async (...call) => (await import('./unexpose/run.ts')).runUnexpose(...call),
  open: async (...call) => (await import('./open/run.ts')).runOpen(...call),
  forward: async (...call) => (await import('./forward/run.ts')).runForward(...call),
  annotate: async (...call) => (await import('./annotate/run.ts')).runAnnotate(...call),
  doctor: async (...call) => (await import('./doctor/run.ts')).runDoctor(...call),
  prune: async (...call) => (await import('./prune/run.ts')).runPrune(...call),
  config: async (...call) => (await import('./config/run.ts')).runConfig(...call),
  completion: async (...call) => (await import('./completion/run.ts')).runCompletion(...call),
  options: async (...call) => (await import('./options/run.ts')).runOptions(...call),
  version: async (...call) => (await import('./version/run.ts')).runVersion(...call),
};

/**
 * Runs a command.
 *
 * @param operands the arguments that are not flags
 * @param flags the values of the command's own flags, by name
 * @returns the exit code
 * @throws UsageError and Failure, which cli.ts prints
 */
export function runCommand<Name extends CommandName>(
  name: Name,
  ...call: Parameters<(typeof runners)[Name]>
): Promise<number> {
  return (runners[name] as (...args: typeof call) => Promise<number>)(...call);
}
