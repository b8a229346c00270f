import type { Cure } from '../errors/cure.ts';

/**
 * What to do about a fact, as lines of text: the note on a line of its own, then the command alone on the next one, with
 * nothing but blanks before it. A note that says what the command does gets the subject "this"; any other is followed by `try:`. A triple click copies what runs as it is.
 *
 * @param indent blanks before each line
 */
export function cureLines(cures: readonly Cure[], indent = ''): string[] {
  return cures.flatMap(({ command, note }) => {
    if (command === null) return [`${indent}${note}`];
    return [`${indent}${introduction(note)}`, `${indent}    ${command}`];
  });
}

/** `lists all`: a verb in the third person comes first, and nothing ends in a full stop or a question mark. */
const saysWhatItDoes = /^(?!(?:this|its|is|as)\b)[a-z]+s\b.*[^.?!:]$/;

function introduction(note: string | null): string {
  if (note === null) return 'try:';
  if (saysWhatItDoes.test(note)) return `this ${note}:`;
  return /[.?!]$/.test(note) ? `${note} try:` : `${note}; try:`;
}
