import type { FlagValues } from '../arguments/flag.ts';
import { removalFlags } from './removal-flags.ts';

/** What `--mode` takes: what expose writes. */
export const unexposeModes = ['loadbalancer', 'ingress', 'nodeport'] as const;

/** The flags of `unexpose`. */
export const unexposeFlags = {
  mode: {
    type: 'string',
    value: 'MODE',
    describe: 'Only loadbalancer, ingress or nodeport',
    choices: unexposeModes,
  },
  ...removalFlags,
} as const;

export type UnexposeFlagValues = FlagValues<typeof unexposeFlags>;

/** Each runs in the tests. */
export const unexposeExamples = [
  { line: 'kubectl skyports unexpose train 8888', says: 'Close one port' },
  { line: 'kubectl skyports unexpose train -y', says: 'Close all that expose opened, without a question' },
] as const;
