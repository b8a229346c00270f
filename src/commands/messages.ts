import type { Cure } from '../errors/cure.ts';
import { shownCures } from '../output/cure-lines.ts';
import { messageLine } from '../output/look.ts';
import type { System } from '../system.ts';
import { type ChoosingValues, curesForThisConnection } from './connection/cures.ts';

/** Prints one line on stderr. */
export function say(system: System, line: string): void {
  system.stderr.line(messageLine(line));
}

/** Prints a fact on stderr, then its cures. The commands of the cures get the connection flags of this call. */
export function sayWithCures(system: System, fact: string, cures: readonly Cure[], values: ChoosingValues): void {
  say(system, fact);
  system.stderr.lines(shownCures(curesForThisConnection(cures, values)));
}
