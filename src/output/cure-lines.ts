import type { Cure } from '../errors/cure.ts';
import type { StyledLine } from '../system.ts';
import { messageLines, plainText, styled } from './look.ts';

/**
 * Cures as lines of text. The note comes first. The command is alone on the next line, so that a triple click copies
 * only the command. A note such as `lists all` becomes `this lists all:`. After any other note, the word `try:`
 * follows.
 *
 * @param indent spaces before each line
 */
export function cureLines(cures: readonly Cure[], indent = ''): string[] {
  return shownCures(cures, Number.POSITIVE_INFINITY).map((line) => `${indent}${plainText(line)}`);
}

/**
 * The lines of `cureLines`, with the commands in bold type. Notes are wrapped, and commands are not.
 *
 * @param width the width of the terminal; Infinity for a pipe
 */
export function shownCures(cures: readonly Cure[], width: number): StyledLine[] {
  return cures.flatMap(({ command, note }): StyledLine[] => {
    if (command === null) return messageLines(note ?? '', width);
    return [...messageLines(introduction(note), width), ['    ', styled('strong', command)]];
  });
}

/** Matches a note such as `lists all`: it begins with a verb in the third person, and has no punctuation at the end. */
const saysWhatItDoes = /^(?!(?:this|its|is|as)\b)[a-z]+s\b.*[^.?!:]$/;

function introduction(note: string | null): string {
  if (note === null) return 'try:';
  if (saysWhatItDoes.test(note)) return `this ${note}:`;
  return /[.?!]$/.test(note) ? `${note} try:` : `${note}; try:`;
}
