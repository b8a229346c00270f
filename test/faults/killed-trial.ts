import { isWrite, startDelayingProxy } from './delaying-proxy.ts';
import { type Action, isReached, type KillCase } from './kill-actions.ts';
import { damageOf, type Expected, missingOf } from './kill-judge.ts';
import { inKillWorld, type KillWorld, stateOf } from './kill-world.ts';
import type { KillSignal } from './killed-run.ts';
import { endOf, startAction, strayWrites } from './run-action.ts';
import { brokenPromises, type SignalPromise } from './signal-contract.ts';
import type { Undisturbed } from './undisturbed.ts';

/** A signal to a run, and when it is sent. */
export interface Kill {
  readonly signal: KillSignal;
  /** From 0 to 1: the part of the run, or of what is left of it from the first write on. */
  readonly moment: number;
  readonly fromFirstWrite: boolean;
  readonly delayMs: number;
}

export interface KillOutcome {
  /** The signal came before the end of the run. */
  readonly isHit: boolean;
  /** A write had begun, and its answer was not there. */
  readonly isWriting: boolean;
  /** What was lost, is half done, or was not completed by one more run. */
  readonly damage: readonly string[];
  /** Undefined: no promise is due. */
  readonly promises: Partial<Record<SignalPromise, string>> | undefined;
}

/** Kills a run in a world of its own, judges what it left, and runs the same again. */
export function killOnce({ setting, action }: KillCase, whole: Undisturbed, kill: Kill): Promise<KillOutcome> {
  return inKillWorld(setting, (world) => killIn(world, action, whole, kill));
}

async function killIn(
  world: KillWorld,
  action: Action,
  { after, lengthMs, firstWriteMs }: Undisturbed,
  { signal, moment, fromFirstWrite, delayMs }: Kill,
): Promise<KillOutcome> {
  const expected = { before: await stateOf(world), after };
  let timer: NodeJS.Timeout | undefined;
  let handled: Promise<void> | undefined;
  const kill = () => {
    handled = program.kill(signal);
  };
  const killAfter = (partMs: number) => {
    timer ??= setTimeout(kill, moment * partMs);
  };
  const isCounted = fromFirstWrite && firstWriteMs < lengthMs;
  const proxy = await startDelayingProxy({
    ...{ delayMs, namespace: world.namespace },
    // An answer that arrives at the same time as the signal may be used before it.
    hold: () => handled,
    onArrival: (seen) => isCounted && isWrite(seen) && killAfter(lengthMs - firstWriteMs),
  });
  const program = startAction(action, world, proxy.kubeconfig);
  if (!isCounted) killAfter(lengthMs);
  const run = await program.ended;
  clearTimeout(timer);
  await proxy.settled();
  proxy.close();
  const now = await stateOf(world);
  const { signalledAt } = run;
  const isHit = signalledAt !== undefined;
  const whole = isHit ? [] : [...(run.code === 0 ? [] : [endOf(run)]), ...missingOf(now, expected)];
  const damage = [...damageOf(now, expected), ...whole, ...strayWrites(proxy.requests, world.namespace)];
  if (isReached(action, now)) await action.settled?.(world.namespace);
  return {
    isHit,
    isWriting: proxy.requests.some(
      (each) => isHit && isWrite(each) && each.arrivedAt <= signalledAt && !(each.answeredAt! <= signalledAt),
    ),
    damage: [...damage, ...(await faultsOfSecondRun(action, world, expected))],
    promises:
      isHit && signal !== 'SIGKILL' ? brokenPromises(run, proxy.requests, signal === 'SIGINT' ? 130 : 143) : undefined,
  };
}

/** One more run has to end well, and to reach the goal. */
async function faultsOfSecondRun(action: Action, world: KillWorld, expected: Expected): Promise<string[]> {
  const again = await startAction(action, world).ended;
  const state = await stateOf(world);
  const wrong = [...missingOf(state, expected), ...damageOf(state, expected)];
  return [
    ...(again.code === 0 ? [] : [`one more run: ${endOf(again)}`]),
    ...wrong.map((each) => `after one more run ${each}`),
  ];
}
