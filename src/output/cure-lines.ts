import type { Cure } from '../errors/cure.ts';
import type { StyledLine } from '../system.ts';
import { plainText, styled } from './look.ts';

/**
 * Cures as lines of text. The note comes first. The command is alone on the next line, so that a triple click copies
 * only the command. A note such as `lists all` becomes `this lists all:`. After any other note, the word `try:`
 * follows.
 *
 * @param indent spaces before each line
 */
export function cureLines(cures: readonly Cure[], indent = ''): string[] {
  return shownCures(cures, indent).map(plainText);
}

/** The lines of `cureLines`, with the commands in bold type. */
export function shownCures(cures: readonly Cure[], indent = ''): StyledLine[] {
  return cures.flatMap(({ command, note }): StyledLine[] => {
    if (command === null) return [`${indent}${note}`];
    return [`${indent}${introduction(note)}`, [`${indent}    `, styled('strong', command)]];
  });
}

/** Matches a note such as `lists all`: it begins with a verb in the third person, and has no punctuation at the end. */
const saysWhatItDoes = /^(?!(?:this|its|is|as)\b)[a-z]+s\b.*[^.?!:]$/;

function introduction(note: string | null): string {
  if (note === null) return 'try:';
  if (saysWhatItDoes.test(note)) return `this ${note}:`;
  return /[.?!]$/.test(note) ? `${note} try:` : `${note}; try:`;
}
