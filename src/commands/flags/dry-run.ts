/** What `--dry-run` takes. */
export const dryRuns = ['none', 'client', 'server'] as const;

/** `--dry-run` of the commands that write. */
export const dryRunFlag = {
  group: 'Output',
  type: 'optional',
  value: 'client|server',
  describe: 'Show what would be written and write nothing',
  choices: dryRuns,
} as const;

/** What `-o` of a dry run takes. */
export const manifestFormats = ['json', 'yaml', 'name'] as const;

/** What stands behind the line of an object that was only shown. */
export function dryRunSuffix(dryRun: 'client' | 'server' | undefined): string {
  if (!dryRun) return '';
  return dryRun === 'server' ? ' (server dry run)' : ' (dry run)';
}

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
