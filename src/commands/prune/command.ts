import type { FlagValues } from '../../arguments/flag.ts';
import { defineCommand } from '../command.ts';
import { removalFlags } from '../flags/dry-run.ts';

/** The flags of `prune`. */
const pruneFlags = {
  'all-namespaces': { type: 'boolean', short: 'A', describe: 'Look in all namespaces' },
  'include-skypilot': {
    type: 'boolean',
    describe: 'Also remove what SkyPilot left behind, instead of only printing how',
  },
  ...removalFlags,
} as const;

export type PruneFlagValues = FlagValues<typeof pruneFlags>;

/** The tests run each example. */
export const pruneExamples = [
  { line: 'kubectl skyports prune -A --dry-run', says: 'What outlived its SkyPilot cluster, anywhere?' },
  { line: 'kubectl skyports prune -y', says: 'Remove what expose made for clusters of this namespace that are gone' },
] as const;

export const pruneCommand = defineCommand({
  name: 'prune',
  group: 'Find what is broken, and fix it',
  connects: true,
  words: [],
  usage: '',
  summary: 'Remove Services and Ingresses that outlived their SkyPilot cluster',
  examples: pruneExamples,
  flags: pruneFlags,
});
