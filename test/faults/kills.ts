import { killCases } from './kill-actions.ts';
import { damageOf } from './kill-judge.ts';
import type { KillSignal } from './killed-run.ts';
import { type KillOutcome, killOnce } from './killed-trial.ts';
import { tryRaces } from './races.ts';
import { brokenTrial } from './run-action.ts';
import type { Section } from './section.ts';
import { eachOf, seeded } from './seeded.ts';
import { type SignalPromise, signalPromises } from './signal-contract.ts';
import { undisturbed } from './undisturbed.ts';

const signals: readonly KillSignal[] = ['SIGKILL', 'SIGINT', 'SIGTERM'];
/** Trials that run at the same time: each waits for the proxy most of its time. */
const atOnce = 4;
const usualDelayMs = 35;

interface KillTrial {
  readonly what: string;
  readonly name: string;
  readonly outcome: KillOutcome;
}

/**
 * Kills commands at random moments and lets pairs of them race, against the real API server.
 *
 * @param options the same seed gives the same commands, signals, moments (as parts of a run) and delays
 */
export async function killsAndRaces(options: { kills: number; races: number; seed: number }): Promise<Section> {
  const { kills, races, seed } = options;
  const killed = await tryKills(kills, seed);
  const raced = await tryRaces(races, seed, atOnce);
  const promised = killed.filter(({ outcome }) => outcome.promises);
  const signalRows = Object.entries(signalPromises).map(([promise, what]) => ({
    what: `after SIGINT and SIGTERM: ${what}`,
    tried: promised.length,
    held: promised.filter(({ outcome }) => !outcome.promises?.[promise as SignalPromise]).length,
  }));
  return {
    title: 'Kills and races',
    rows: [
      ...rowsOf(killed.map(({ what, outcome }) => ({ what: `killed: ${what}`, faults: outcome.damage }))),
      ...signalRows,
      ...rowsOf(raced.map(({ what, faults }) => ({ what: `at the same time: ${what}`, faults }))),
    ],
    failures: [...killed.flatMap(failuresOf), ...raced.flatMap(({ faults }) => faults)],
    notes: [
      'A kill counts as held if every object and file is as before or as the whole run leaves it, objects of others were not written, and one more run ends with 0 and reaches the goal.',
      'A race counts as held if each command reaches its goal or names a conflict, two that succeed leave what they leave one after the other, nothing of others was written, and one more run of each completes.',
      `${killed.filter(({ outcome }) => outcome.isHit).length} of ${kills} signals came before the end of the run; ${killed.filter(({ outcome }) => outcome.isWriting).length} while a write was under way. Requests took 20 to 50 ms each way. Seed ${seed}.`,
    ],
  };
}

async function tryKills(kills: number, seed: number): Promise<KillTrial[]> {
  const cases = killCases.slice(0, kills);
  const wholes = await eachOf(cases, atOnce, ({ setting, action }) => undisturbed(setting, [action], usualDelayMs));
  const rounds = Math.ceil(kills / cases.length);
  const trials = Array.from({ length: kills }, (_, index) => index);
  return eachOf(trials, atOnce, async (index) => {
    const round = Math.floor(index / cases.length);
    const [killCase, whole] = [cases[index % cases.length]!, wholes[index % cases.length]!];
    const random = seeded(seed + index);
    const kill = {
      signal: signals[(index + round) % signals.length]!,
      // Random, and spread over the run whatever the number of trials.
      moment: (round + random()) / rounds,
      // Half of them meet a run while it writes.
      fromFirstWrite: random() < 0.5,
      delayMs: 20 + 30 * random(),
    };
    const outcome = await killOnce(killCase, whole, kill).catch((error): KillOutcome => {
      return { isHit: false, isWriting: false, damage: brokenTrial(error), promises: undefined };
    });
    const { what } = killCase;
    const part = `${(kill.moment * 100).toFixed()} % of ${kill.fromFirstWrite ? 'its writing' : 'its run'}`;
    const name = `kill ${index} (${what}; ${kill.signal} after ${part})`;
    return {
      what,
      name,
      outcome: { ...outcome, damage: [...whole.faults, ...damageOf(whole.after, whole), ...outcome.damage] },
    };
  });
}

function failuresOf({ name, outcome }: KillTrial): string[] {
  return [...outcome.damage, ...Object.values(outcome.promises ?? {})].map((each) => `${name}: ${each}`);
}

/** One row for each kind of trial. */
function rowsOf(trials: readonly { what: string; faults: readonly string[] }[]): Section['rows'] {
  const kinds = Map.groupBy(trials, ({ what }) => what);
  return [...kinds].map(([what, all]) => ({
    what,
    tried: all.length,
    held: all.filter(({ faults }) => faults.length === 0).length,
  }));
}
