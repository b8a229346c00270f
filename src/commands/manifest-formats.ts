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
