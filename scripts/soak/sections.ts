import { killsAndRaces } from '../../test/faults/kills.ts';
import { faultMatrix } from '../../test/faults/matrix.ts';
import type { Section, SectionOptions } from '../../test/faults/section.ts';

/** The parts of docs/reliability.md, in their order. */
export const soakSections: readonly ((options: SectionOptions) => Promise<Section>)[] = [
  faultMatrix,
  () => killsAndRaces({ kills: 200, races: 40, seed: 1 }),
];
