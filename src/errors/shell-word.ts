/**
 * A word as bash, zsh and fish take it, for commands to paste. Within single quotes fish gives a backslash a meaning, so that
 * quotes and backslashes stand outside of them; zsh expands a leading `=`.
 */
export function shellWord(word: string): string {
  if (/^[\w+:,./-][\w@%+=:,./-]*$/.test(word)) return word;
  if (word === '') return "''";
  const parts = word.split(/(['\\])/).filter((part) => part !== '');
  return parts.map((part) => (part === "'" || part === '\\' ? `\\${part}` : `'${part}'`)).join('');
}

/**
 * Whether a word can be pasted at all: not with a line break, nor with a character that is shown as an escape and so would
 * be another when it is copied.
 */
export function canBeQuoted(word: string): boolean {
  return word.length <= 1000 && !unprintable.test(word);
}

const unprintable =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters that are shown as escapes
  /[\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2066-\u2069]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/;
