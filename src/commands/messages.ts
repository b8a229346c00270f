import type { Cure } from '../errors/cure.ts';
import { cureLines } from '../output/cure-lines.ts';
import type { System } from '../system.ts';
import { type ChoosingValues, curesForThisConnection } from './connection/cures.ts';

/** Prints one line on stderr. */
export function say(system: System, line: string): void {
  system.stderr.line(line);
}

/** Prints a fact on stderr, then its cures. The connection flags of this call are added to the commands of the cures. */
export function sayWithCures(system: System, fact: string, cures: readonly Cure[], values: ChoosingValues): void {
  say(system, fact);
  for (const line of cureLines(curesForThisConnection(cures, values))) say(system, line);
}
