import about from '../package.json' with { type: 'json' };

declare const buildCommit: string | undefined;

/** The plugin's version, without a leading v. */
export const version: string = about.version;

/** The commit it was built from; null when that is not known, as when it runs from its source. */
export const commit: string | null = typeof buildCommit === 'string' && buildCommit !== '' ? buildCommit : null;
