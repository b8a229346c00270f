import { escapeCharacter, unescaped } from './json.ts';

/**
 * Renders YAML, with all control characters escaped. The library is a quarter of the bundle, so it is loaded only when
 * it is used.
 */
export async function renderYaml(value: unknown): Promise<string> {
  const { stringify } = await import('yaml');
  // kubectl reads YAML 1.1. In this version, `off` without quotes is false, and a date without quotes is not a string.
  const options = { lineWidth: 0, aliasDuplicateObjects: false, version: '1.1' } as const;
  const text = stringify(value, options);
  if (text.search(unescaped) === -1 && !text.includes('\t')) return text;
  // YAML allows escapes only in double quotes.
  return stringify(value, { ...options, defaultStringType: 'QUOTE_DOUBLE' }).replace(unescaped, escapeCharacter);
}
