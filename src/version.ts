import about from '../package.json' with { type: 'json' };

/** The plugin's version, without a leading v. */
export const version: string = about.version;
