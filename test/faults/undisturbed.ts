import { isWrite, startDelayingProxy } from './delaying-proxy.ts';
import { type Action, isReached } from './kill-actions.ts';
import { inKillWorld, type KillWorld, type Setting, type State, stateOf } from './kill-world.ts';
import { endOf, startAction } from './run-action.ts';

/** How whole runs leave a world. */
export interface Undisturbed {
  readonly before: State;
  readonly after: State;
  /** How long the last run took. */
  readonly lengthMs: number;
  /** When it began to write; its length if it did not. */
  readonly firstWriteMs: number;
  /** What is wrong without any signal. */
  readonly faults: readonly string[];
}

/** Runs commands one after the other in a world of their own. */
export function undisturbed(setting: Setting, actions: readonly Action[], delayMs: number): Promise<Undisturbed> {
  return inKillWorld(setting, (world) => runUndisturbed(world, actions, delayMs));
}

async function runUndisturbed(world: KillWorld, actions: readonly Action[], delayMs: number): Promise<Undisturbed> {
  const before = await stateOf(world);
  const faults: string[] = [];
  let lengthMs = 0;
  let firstWriteMs = 0;
  for (const action of actions) {
    const proxy = await startDelayingProxy({ delayMs, namespace: world.namespace });
    const run = await startAction(action, world, proxy.kubeconfig).ended;
    proxy.close();
    lengthMs = run.endedAt - run.startedAt;
    firstWriteMs = (proxy.requests.find(isWrite)?.arrivedAt ?? run.endedAt) - run.startedAt;
    if (run.code !== 0 || !isReached(action, await stateOf(world))) faults.push(`undisturbed: ${endOf(run)}`);
    await action.settled?.(world.namespace);
  }
  const after = await stateOf(world);
  return { before, after, lengthMs, firstWriteMs, faults };
}
