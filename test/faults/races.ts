import { setTimeout as delay } from 'node:timers/promises';
import { startDelayingProxy } from './delaying-proxy.ts';
import { type Action, isReached } from './kill-actions.ts';
import { type Expected, lossesOf, missingOf } from './kill-judge.ts';
import { inKillWorld, type KillWorld, stateOf } from './kill-world.ts';
import { type RaceCase, raceCases } from './race-cases.ts';
import { brokenTrial, endOf, startAction, strayWrites } from './run-action.ts';
import { eachOf, seeded } from './seeded.ts';
import { undisturbed } from './undisturbed.ts';

export interface RaceOutcome {
  readonly what: string;
  readonly faults: readonly string[];
}

/** A conflict that a user can act on. */
const clearConflict = /^error: .*(?:changed|modified|field managers own)/m;

/** Races two commands, so many times, over all pairs in turn. */
export async function tryRaces(races: number, seed: number, atOnce: number): Promise<RaceOutcome[]> {
  const cases = raceCases.slice(0, races);
  // One after the other, as both would have it.
  const wholes = await eachOf(cases, atOnce, ({ setting, actions }) => undisturbed(setting, actions, 0));
  const trials = Array.from({ length: races }, (_, index) => index);
  return eachOf(trials, atOnce, async (index) => {
    const race = cases[index % cases.length]!;
    const whole = wholes[index % cases.length]!;
    const found = await inKillWorld(race.setting, (world) => raceIn(world, race, whole, seeded(seed + index))).catch(
      brokenTrial,
    );
    const faults = [...whole.faults, ...found];
    return { what: race.what, faults: faults.map((each) => `race ${index} (${race.what}): ${each}`) };
  });
}

async function raceIn(
  world: KillWorld,
  race: RaceCase,
  { after }: Pick<Expected, 'after'>,
  random: () => number,
): Promise<string[]> {
  const expected = { before: await stateOf(world), after };
  const offsetMs = 60 * random() - 30;
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
  const faults = lossesOf(now, expected, race.isContest ?? false);
  for (const { action, outcome, stray } of runs) {
    faults.push(...stray);
    const isFine = outcome.code === 0 && (race.isContest || isReached(action, now));
    const isRefused = outcome.code === 1 && clearConflict.test(outcome.output);
    if (!isFine && !isRefused) faults.push(`the goal was not reached: ${endOf(outcome)}`);
  }
  for (const action of race.actions) {
    if (isReached(action, await stateOf(world))) await action.settled?.(world.namespace);
    const again = await startAction(action, world).ended;
    if (again.code !== 0) faults.push(`one more run: ${endOf(again)}`);
  }
  return [...faults, ...missingOf(await stateOf(world), expected).map((each) => `in the end ${each}`)];
}
