import about from '../package.json' with { type: 'json' };

declare const buildCommit: string | undefined;

/** The plugin's version, without a leading v. */
export const version: string = about.version;

/**
 * The commit from which the plugin was built; null if it is unknown, for example when the plugin runs from its source.
 */
export const commit: string | null = typeof buildCommit === 'string' && buildCommit !== '' ? buildCommit : null;
