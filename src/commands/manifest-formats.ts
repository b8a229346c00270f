/** What `--dry-run` takes. */
export const dryRuns = ['none', 'client', 'server'] as const;

/** What `-o` of a dry run takes. */
export const manifestFormats = ['json', 'yaml', 'name'] as const;
