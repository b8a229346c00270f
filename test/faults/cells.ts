import type { CommandRow } from './command-row.ts';
import { commands } from './commands.ts';
import type { Fault } from './fault.ts';
import { faults } from './faults.ts';
import { type Place, placeNamed } from './places.ts';

/** One trial: a fault, a command, and which of its requests the fault hits. */
export interface Cell {
  readonly fault: Fault;
  readonly row: CommandRow;
  readonly place: Place;
}

/** All trials, in an order that never changes. */
export const allCells: readonly Cell[] = faults.flatMap((fault) =>
  commands.flatMap((row) => row.places.map((place) => ({ fault, row, place: placeNamed(place) }))),
);

/** `count` trials, evenly spread over all. */
export function sampleOf(cells: readonly Cell[], count: number): Cell[] {
  return Array.from({ length: count }, (_, index) => cells[Math.floor((index * cells.length) / count)]!);
}

/** How a trial is called in reports. */
export function nameOf({ fault, row, place }: Cell): string {
  return `${row.name} × ${fault.name} × ${place.name}`;
}
