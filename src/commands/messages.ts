import type { Cure } from '../errors/cure.ts';
import { cureLines } from '../output/cure-lines.ts';
import type { System } from '../system.ts';
import { type ChoosingValues, curesForThisConnection } from './connection/cures.ts';

/** One line on stderr. */
export function say(system: System, line: string): void {
  system.stderr.line(line);
}

/** A fact on stderr, and on the lines after it what to do about it on the cluster that this call has chosen. */
export function sayWithCures(system: System, fact: string, cures: readonly Cure[], values: ChoosingValues): void {
  say(system, fact);
  for (const line of cureLines(curesForThisConnection(cures, values))) say(system, line);
}
