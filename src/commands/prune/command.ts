import type { FlagValues } from '../../arguments/flag.ts';
import { defineCommand } from '../command.ts';
import { removalFlags } from '../flags/dry-run.ts';

const pruneFlags = {
  'all-namespaces': { type: 'boolean', short: 'A', describe: 'Look in all namespaces' },
  'include-skypilot': {
    type: 'boolean',
    describe:
      'Also delete the Services and Ingresses that SkyPilot created. Without this flag, only the "kubectl delete" commands for them are printed',
  },
  ...removalFlags,
} as const;

export type PruneFlagValues = FlagValues<typeof pruneFlags>;

/** The tests run each example. */
export const pruneExamples = [
  {
    line: 'kubectl skyports prune -A --dry-run',
    says: 'Show what remains after "sky down", in all namespaces: load balancers, other Services, Ingresses',
  },
  {
    line: 'kubectl skyports prune -y',
    says: 'Delete what "expose" created for SkyPilot clusters that no longer exist',
  },
  {
    line: 'kubectl skyports prune -A --include-skypilot --dry-run',
    says: 'Show what would be deleted if you also delete what SkyPilot created',
  },
] as const;

export const pruneCommand = defineCommand({
  name: 'prune',
  group: 'Find what is broken, and fix it',
  connects: true,
  operands: [],
  usage: '',
  summary:
    'Delete the leftovers of SkyPilot clusters that no longer exist, and close ports that "expose --for" did not close in time',
  examples: pruneExamples,
  flags: pruneFlags,
});
