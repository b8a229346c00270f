import { cluster } from '../helpers/cluster.ts';
import { isWrite, type SeenRequest } from './delaying-proxy.ts';
import type { Action } from './kill-actions.ts';
import type { KillWorld } from './kill-world.ts';
import { type KilledRun, type ProgramPlace, type RunningProgram, startProgram } from './killed-run.ts';

/** Starts a command in a world, by default straight to the API server. @param program see `ProgramPlace` */
export function startAction(
  action: Action,
  { namespace, home }: KillWorld,
  kubeconfig = cluster().adminKubeconfig,
  program?: ProgramPlace['program'],
): RunningProgram {
  return startProgram([...action.args(namespace), '-n', namespace], { kubeconfig, home, program });
}

/** What a run was, and how it ended, for a message. */
export function endOf({ args, code, output }: KilledRun): string {
  return `${args.join(' ')}: exit code ${code}, ${JSON.stringify(output)}`;
}

/** Writes outside of the one namespace that a command was given. */
export function strayWrites(requests: readonly SeenRequest[], namespace: string): string[] {
  return requests
    .filter((each) => isWrite(each) && !each.path.includes(`/namespaces/${namespace}/`))
    .map(({ method, path }) => `${method} ${path} is outside of the namespace`);
}

/** A trial that could not be made or judged has not held. */
export function brokenTrial(error: Error): string[] {
  return [`the trial broke off: ${error.message}`];
}
