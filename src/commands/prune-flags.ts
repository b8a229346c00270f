import type { FlagValues } from '../arguments/flag.ts';
import { dryRuns } from './manifest-formats.ts';

/** The flags of `prune`. */
export const pruneFlags = {
  'all-namespaces': { type: 'boolean', short: 'A', describe: 'Look into all namespaces' },
  'include-skypilot': {
    type: 'boolean',
    describe: "Remove what SkyPilot has left behind, too, and don't only print how",
  },
  yes: { type: 'boolean', short: 'y', describe: "Don't ask" },
  'dry-run': {
    type: 'optional',
    value: 'client|server',
    describe: 'Show what would be removed and remove nothing',
    choices: dryRuns,
  },
} as const;

export type PruneFlagValues = FlagValues<typeof pruneFlags>;

/** Each runs in the tests. */
export const pruneExamples = [
  { line: 'kubectl skyports prune -A --dry-run', says: 'What outlived its SkyPilot cluster, anywhere?' },
  { line: 'kubectl skyports prune -y', says: 'Remove what expose made for clusters of this namespace that are gone' },
] as const;
