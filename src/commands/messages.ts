import type { Cure } from '../errors/cure.ts';
import { shownCures } from '../output/cure-lines.ts';
import { layoutColumns, messageLines } from '../output/look.ts';
import type { System } from '../system.ts';
import { type ChoosingValues, curesForThisConnection } from './connection/cures.ts';

/** Prints a message on stderr, which is one line in a pipe. */
export function say(system: System, line: string): void {
  system.stderr.lines(messageLines(line, layoutColumns(system.stderr)));
}

/** Prints a fact on stderr, then its cures. The commands of the cures get the connection flags of this call. */
export function sayWithCures(system: System, fact: string, cures: readonly Cure[], values: ChoosingValues): void {
  say(system, fact);
  system.stderr.lines(shownCures(curesForThisConnection(cures, values), layoutColumns(system.stderr)));
}
