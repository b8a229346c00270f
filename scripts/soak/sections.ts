import { faultMatrix } from '../../test/faults/matrix.ts';
import type { Section, SectionOptions } from '../../test/faults/section.ts';

/** The parts of docs/reliability.md, in their order. */
export const soakSections: readonly ((options: SectionOptions) => Promise<Section>)[] = [faultMatrix];
