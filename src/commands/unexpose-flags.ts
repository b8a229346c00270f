import { eitherOf, type FlagValues } from '../arguments/flag.ts';

import { writtenModes } from '../exposure/port-mode-names.ts';
import { removalFlags } from './removal-flags.ts';

/** The flags of `unexpose`. */
export const unexposeFlags = {
  mode: {
    type: 'string',
    value: 'MODE',
    describe: `Only ${eitherOf(writtenModes)}`,
    choices: writtenModes,
  },
  ...removalFlags,
} as const;

export type UnexposeFlagValues = FlagValues<typeof unexposeFlags>;

/** Each runs in the tests. */
export const unexposeExamples = [
  { line: 'kubectl skyports unexpose train 8888', says: 'Close one port' },
  { line: 'kubectl skyports unexpose train -y', says: 'Close all that expose opened, without a question' },
] as const;
