import { setTimeout as delay } from 'node:timers/promises';
import { startDelayingProxy } from './delaying-proxy.ts';
import { type Action, isReached, trainOnCloud } from './kill-actions.ts';
import { type Expected, lossesOf, lossesOfContest, missingOf } from './kill-judge.ts';
import { inKillWorld, type KillWorld, type State, stateOf } from './kill-world.ts';
import { type RaceCase, raceCases } from './race-cases.ts';
import { brokenTrial, endOf, startAction, strayWrites } from './run-action.ts';
import { eachOf, seeded } from './seeded.ts';
import { type Undisturbed, undisturbed } from './undisturbed.ts';

export interface RaceOutcome {
  readonly what: string;
  readonly faults: readonly string[];
}

/** A conflict that a user can act on. */
const clearConflict = /^error: .*(?:changed|modified|field managers own)/m;

/** Races two commands, so many times, over all pairs in turn. */
export async function tryRaces(races: number, seed: number, atOnce: number): Promise<RaceOutcome[]> {
  const cases = await eachOf(raceCases.slice(0, races), atOnce, inTurn);
  const trials = Array.from({ length: races }, (_, index) => index);
  return eachOf(trials, atOnce, async (index) => {
    const { race, orders } = cases[index % cases.length]!;
    const trial = (world: KillWorld) => raceIn(world, race, orders, seeded(seed + index));
    const found = await inKillWorld(race.setting, trial).catch(brokenTrial);
    const faults = [...orders.flatMap((order) => [...order.faults, ...lossesIn(race, order.after, order)]), ...found];
    return { what: race.what, faults: faults.map((each) => `race ${index} (${race.what}): ${each}`) };
  });
}

/** How the two commands leave a world one after the other. The order counts only if they contradict each other. */
async function inTurn(race: RaceCase): Promise<{ race: RaceCase; orders: readonly [Undisturbed, ...Undisturbed[]] }> {
  const { setting, actions, isContest } = race;
  const forwards = await undisturbed(setting, actions, 0);
  return { race, orders: isContest ? [forwards, await undisturbed(setting, actions.toReversed(), 0)] : [forwards] };
}

function lossesIn({ isContest }: RaceCase, now: State, expected: Expected): string[] {
  return isContest ? lossesOfContest(now, expected, trainOnCloud) : lossesOf(now, expected);
}

async function raceIn(
  world: KillWorld,
  race: RaceCase,
  orders: readonly [Undisturbed, ...Undisturbed[]],
  random: () => number,
): Promise<string[]> {
  const expected = { before: await stateOf(world), after: orders[0].after };
  // A contest is decided by what the second command sees between two writes of the first.
  const offsetMs = (race.isContest ? 200 : 60) * random() - 30;
  const run = async (action: Action, startMs: number) => {
    const proxy = await startDelayingProxy({ delayMs: 20 + 30 * random(), namespace: world.namespace });
    await delay(Math.max(0, startMs));
    const outcome = await startAction(action, world, proxy.kubeconfig).ended;
    proxy.close();
    return { action, outcome, stray: strayWrites(proxy.requests, world.namespace) };
  };
  const [first, second] = race.actions;
  const runs = await Promise.all([run(first, -offsetMs), run(second, offsetMs)]);
  const now = await stateOf(world);
  const faults = lossesIn(race, now, expected);
  for (const { action, outcome, stray } of runs) {
    faults.push(...stray);
    const isRefused = outcome.code === 1 && clearConflict.test(outcome.output);
    const isFine = outcome.code === 0 && (race.isContest || isReached(action, now));
    if (!isFine && !isRefused) faults.push(`the goal was not reached: ${endOf(outcome)}`);
  }
  const isEachDone = runs.every(({ outcome }) => outcome.code === 0);
  if (isEachDone && orders.every((order) => missingOf(now, order).length > 0)) {
    faults.push(`both say done, and neither order leaves this: ${missingOf(now, orders[0]).join(', ')}`);
  }
  if (faults.length > 0) faults.push(`the runs were ${runs.map(({ outcome }) => endOf(outcome)).join(' and ')}`);
  for (const action of race.actions) {
    if (isReached(action, await stateOf(world))) await action.settled?.(world.namespace);
    const again = await startAction(action, world).ended;
    if (again.code !== 0) faults.push(`one more run: ${endOf(again)}`);
  }
  return [...faults, ...missingOf(await stateOf(world), expected).map((each) => `in the end ${each}`)];
}
