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
