import { dryRuns } from './manifest-formats.ts';

/** Flags of the commands that remove. */
export const removalFlags = {
  yes: { type: 'boolean', short: 'y', describe: "Don't ask" },
  'dry-run': {
    type: 'optional',
    value: 'client|server',
    describe: 'Show what would be removed and remove nothing',
    choices: dryRuns,
  },
} as const;
