/**
 * Quotes a word for bash, zsh and fish. Fish interprets backslashes inside single quotes, so quotes and backslashes are
 * escaped outside of them. A leading `=` is quoted, because zsh expands it.
 */
export function shellWord(word: string): string {
  if (/^[\w+:,./-][\w@%+=:,./-]*$/.test(word)) return word;
  if (word === '') return "''";
  const parts = word.split(/(['\\])/).filter((part) => part !== '');
  return parts.map((part) => (part === "'" || part === '\\' ? `\\${part}` : `'${part}'`)).join('');
}

/**
 * Whether a word can be pasted. It must not be too long. It must not contain a line break, or a character that the
 * terminal shows as an escape.
 */
export function canBeQuoted(word: string): boolean {
  return word.length <= 1000 && !unprintable.test(word);
}

const unprintable =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters that are shown as escapes
  /[\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2066-\u2069]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/;
