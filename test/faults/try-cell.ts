import { type RunOutcome, skyports, startSkyports } from '../helpers/run-skyports.ts';
import type { Cell } from './cells.ts';
import type { Facts } from './facts.ts';
import { faultProxy, type HttpVersion, type ProxiedRequest } from './fault-proxy.ts';
import type { Site } from './site.ts';
import { calmOptionsFor, factsAt, optionsFor, type Stage, within } from './stage.ts';

/** What one trial showed. */
export interface Trial {
  readonly cell: Cell;
  readonly site: Site;
  readonly undisturbed: RunOutcome;
  /** What was so before, after the run with the fault, and after a second one without. */
  readonly before: Facts;
  readonly after: Facts;
  readonly final: Facts;
  /** Undefined if it did not end. */
  readonly first: RunOutcome | undefined;
  readonly second: RunOutcome | undefined;
  readonly requests: readonly ProxiedRequest[];
  readonly askedElsewhere: number;
}

/** A command that has not ended by then will never end: a slow machine needs a part of it. */
const limitMs = 120_000;
/** kubectl waits as often as it is told to; the plugin five times at most, for a second. */
const repeatingMs = 10_000;

/** Runs a command with a fault, and then without it. */
export async function tryCell(cell: Cell, stage: Stage, version: HttpVersion): Promise<Trial> {
  const { fault, row, place } = cell;
  const { site, undisturbed } = stage;
  const before = await stage.prepare();
  const proxy = await faultProxy(fault, place, site.namespace, version);
  const options = optionsFor(row, site);
  const args = [...row.args(site), ...(fault.args ?? [])];
  const running = startSkyports(args, { ...options, kubeconfig: proxy.kubeconfig });
  const patienceMs = limitMs + (row.waitsMs ?? 0) + (fault.repeated ? repeatingMs : 0);
  const first = await within(running.outcome, patienceMs);
  if (!first) running.interrupt();
  const requests = [...proxy.requests];
  proxy.close();
  if (!first) await within(running.outcome, limitMs);
  const after = await factsAt(site);
  const second = await within(skyports(row.args(site), calmOptionsFor(row, site)), limitMs + (row.waitsMs ?? 0));
  const final = await factsAt(site);
  const askedElsewhere = proxy.askedElsewhere();
  return { cell, site, undisturbed, before, after, final, first, second, requests, askedElsewhere };
}
