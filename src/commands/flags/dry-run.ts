/** The values of `--dry-run`. */
export const dryRuns = ['none', 'client', 'server'] as const;

/** The flag `--dry-run` of commands that write. */
export const dryRunFlag = {
  group: 'Output',
  type: 'optional',
  value: 'client|server',
  describe: 'Show what would be written, but write nothing',
  choices: dryRuns,
} as const;

/** The values of `-o` with `--dry-run`. */
export const manifestFormats = ['json', 'yaml', 'name'] as const;

/** The suffix of a line about an object in a dry run: ` (dry run)`; empty without a dry run. */
export function dryRunSuffix(dryRun: 'client' | 'server' | undefined): string {
  if (!dryRun) return '';
  return dryRun === 'server' ? ' (server dry run)' : ' (dry run)';
}

/** Flags of commands that delete. */
export const removalFlags = {
  yes: { type: 'boolean', short: 'y', describe: "Don't ask for confirmation" },
  'dry-run': {
    type: 'optional',
    value: 'client|server',
    describe: 'Show what would be removed, but remove nothing',
    choices: dryRuns,
  },
} as const;
