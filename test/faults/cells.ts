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

/** Trials that cost a running SkyPilot cluster its ports if the plugin believes them. */
const dangerous = allCells.filter(
  ({ fault, row, place }) =>
    row.name === 'prune' && place.name === 'Pods and Deployments' && fault.name.startsWith('200'),
);

/** `count` trials: the dangerous ones, and others that are evenly spread over all. */
export function sampleOf(cells: readonly Cell[], count: number): Cell[] {
  const others = cells.filter((cell) => !dangerous.includes(cell));
  const rest = count - dangerous.length;
  const spread = Array.from({ length: rest }, (_, index) => others[Math.floor((index * others.length) / rest)]!);
  return [...dangerous, ...spread];
}

/** How a trial is called in reports. */
export function nameOf({ fault, row, place }: Cell): string {
  return `${row.name} × ${fault.name} × ${place.name}`;
}
