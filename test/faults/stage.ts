import { setTimeout as delay } from 'node:timers/promises';
import { type RunOptions, type RunOutcome, skyports, slowly } from '../helpers/run-skyports.ts';
import { untilBackendReady } from '../helpers/world.ts';
import type { CommandRow } from './command-row.ts';
import { type Facts, factsOf, isUid, missingFrom } from './facts.ts';
import { clear, newSite, type Site } from './site.ts';

/** A site that is made ready for one command, again and again. */
export interface Stage {
  readonly site: Site;
  readonly row: CommandRow;
  /** What the command does with nothing in between. */
  readonly undisturbed: RunOutcome;
  /** Brings back what the command finds. */
  prepare(): Promise<Facts>;
}

/** How the command runs on a site. */
export function optionsFor(row: CommandRow, site: Site): RunOptions {
  return { homeDirectory: site.home, ...row.options?.(site) };
}

/** How it runs if nothing is in between. `doctor --fix` then reaches its goal on a slow machine too. */
export function calmOptionsFor(row: CommandRow, site: Site): RunOptions {
  const options = optionsFor(row, site);
  return typeof options.later === 'number' ? { ...options, later: slowly(options.later) } : options;
}

/** Reads what is so on a site. */
export const factsAt = ({ namespace, configFile }: Site): Promise<Facts> => factsOf(namespace, configFile);

/** The lines that keep a command from having reached its goal. */
export function shortOfGoal({ wants, takes }: CommandRow, site: Site, facts: Facts): string[] {
  const lines = missingFrom(new Map(), facts);
  const missing = (wants?.(site) ?? []).filter((pattern) => !lines.some((line) => pattern.test(line)));
  const left = lines.filter((line) => takes?.(site).some((pattern) => pattern.test(line)));
  return [...missing.map((pattern) => `missing: ${pattern.source}`), ...left.map((line) => `still there: ${line}`)];
}

/**
 * Makes a site for a command, and runs the command once with nothing in between.
 *
 * @throws Error if the command does not reach its goal by itself: then the table of commands is wrong
 */
export async function newStage(row: CommandRow): Promise<Stage> {
  const site = await newSite();
  await row.build(site);
  await untilBackendReady(site.namespace, `${site.C}--skypilot-lb`);
  if (row.answer) await untilBackendReady(site.namespace, `${site.C}--skyports-lb`);
  const initial = await factsAt(site);
  const undisturbed = await skyports(row.args(site), calmOptionsFor(row, site));
  const short = shortOfGoal(row, site, await factsAt(site));
  if (!row.codes.fine.includes(undisturbed.code) || short.length > 0) {
    throw new Error(
      `${row.name} with nothing in between: exit ${undisturbed.code}; ${short.join('; ')}\n${undisturbed.stdout}${undisturbed.stderr}`,
    );
  }
  const prepare = async () => {
    const now = await factsAt(site);
    if (isSame(now, initial)) return now;
    await clear(site);
    await row.build(site);
    return factsAt(site);
  };
  return { site, row, undisturbed, prepare };
}

function isSame(one: Facts, other: Facts): boolean {
  const lines = [...missingFrom(one, other), ...missingFrom(other, one)];
  return lines.every((line) => isUid(line.split(': ')[1] ?? ''));
}

/** Stages that trials take in turn: one that is in use is given to no other. */
export class Stages {
  readonly #free = new Map<string, Stage[]>();

  async use<T>(row: CommandRow, work: (stage: Stage) => Promise<T>): Promise<T> {
    const stage = this.#free.get(row.name)?.pop() ?? (await newStage(row));
    const result = await work(stage);
    this.#free.set(row.name, [...(this.#free.get(row.name) ?? []), stage]);
    return result;
  }
}

/** Resolves to undefined if the promise takes longer. */
export function within<T>(promise: Promise<T>, limitMs: number): Promise<T | undefined> {
  const over = new AbortController();
  const limit = delay(limitMs, undefined, { signal: over.signal }).catch(() => undefined);
  return Promise.race([promise, limit]).finally(() => over.abort());
}
