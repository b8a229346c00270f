import type { FlagValues } from '../arguments/flag.ts';
import { removalFlags } from './removal-flags.ts';

/** The flags of `prune`. */
export const pruneFlags = {
  'all-namespaces': { type: 'boolean', short: 'A', describe: 'Look into all namespaces' },
  'include-skypilot': {
    type: 'boolean',
    describe: "Remove what SkyPilot has left behind, too, and don't only print how",
  },
  ...removalFlags,
} as const;

export type PruneFlagValues = FlagValues<typeof pruneFlags>;

/** Each runs in the tests. */
export const pruneExamples = [
  { line: 'kubectl skyports prune -A --dry-run', says: 'What outlived its SkyPilot cluster, anywhere?' },
  { line: 'kubectl skyports prune -y', says: 'Remove what expose made for clusters of this namespace that are gone' },
] as const;
