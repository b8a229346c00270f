import { escapeCharacter, unescaped } from './json.ts';

/** Renders YAML with all control characters escaped. The library is loaded only here, because it is a quarter of the bundle. */
export async function renderYaml(value: unknown): Promise<string> {
  const { stringify } = await import('yaml');
  // kubectl reads YAML 1.1, in which a bare `off` is false and a bare date is not a string.
  const options = { lineWidth: 0, aliasDuplicateObjects: false, version: '1.1' } as const;
  const text = stringify(value, options);
  if (text.search(unescaped) === -1 && !text.includes('\t')) return text;
  // YAML allows escapes only in double quotes.
  return stringify(value, { ...options, defaultStringType: 'QUOTE_DOUBLE' }).replace(unescaped, escapeCharacter);
}
