import type { Cure } from '../errors/cure.ts';

/**
 * What to do about a fact, as lines of text: the note on a line that ends in `try:`, then the command alone on the next one, with
 * nothing but blanks before it. A triple click copies what runs as it is.
 *
 * @param indent blanks before each line
 */
export function cureLines(cures: readonly Cure[], indent = ''): string[] {
  return cures.flatMap(({ command, note }) => {
    if (command === null) return [`${indent}${note}`];
    return [`${indent}${introduction(note)}try:`, `${indent}    ${command}`];
  });
}

function introduction(note: string | null): string {
  if (note === null) return '';
  return /[.?!]$/.test(note) ? `${note} ` : `${note}; `;
}
