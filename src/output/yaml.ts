import { escapeCharacter, unescaped } from './json.ts';

/** YAML of a value, without unescaped control characters. The library is loaded only here: it is a quarter of the bundle. */
export async function renderYaml(value: unknown): Promise<string> {
  const { stringify } = await import('yaml');
  // kubectl reads YAML 1.1, where a bare `off` is false and a bare date is no text.
  const options = { lineWidth: 0, aliasDuplicateObjects: false, version: '1.1' } as const;
  const text = stringify(value, options);
  if (text.search(unescaped) === -1 && !text.includes('\t')) return text;
  // Escapes exist only within double quotes.
  return stringify(value, { ...options, defaultStringType: 'QUOTE_DOUBLE' }).replace(unescaped, escapeCharacter);
}
