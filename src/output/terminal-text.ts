import { escapeCharacter } from './json.ts';

/**
 * Makes text from the cluster safe for a terminal. Control characters (C0, DEL, C1) and Unicode marks that reorder text
 * are shown as escapes. Otherwise, a name or message could move the cursor, change colours or hide text.
 */
export function terminalText(text: string): string {
  return text.replace(unsafe, escapeCharacter);
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters to keep out
const unsafe = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/** Cuts a text to at most `most` characters. A cut text ends with `…`. Surrogate pairs stay whole. */
export function cut(text: string, most: number): string {
  if (text.length <= most) return text;
  const end = /[\ud800-\udbff]/.test(text[most - 2]!) ? most - 2 : most - 1;
  return `${text.slice(0, end)}…`;
}

/** Leaves out the middle of a text that has more than `most` characters. Its beginning and its end say the most. */
export function shortened(text: string, most: number): string {
  if (text.length <= most) return text;
  const end = Math.floor((most - 1) / 3);
  return `${text.slice(0, most - 1 - end)}…${text.slice(text.length - end)}`.toWellFormed();
}

/** Splits a text at spaces into lines of at most `width` characters. A longer word, such as a URL, stays whole. */
export function wrapped(text: string, width: number): string[] {
  if (text.length <= width) return [text];
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}

/** Puts as many texts on each line as fit, with the gap between them. A longer text has its own line. */
export function packed(texts: readonly string[], width: number, gap = '   '): string[] {
  const lines: string[] = [];
  for (const text of texts.filter((each) => each !== '')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + gap.length + text.length <= width)
      lines[lines.length - 1] = `${last}${gap}${text}`;
    else lines.push(text);
  }
  return lines;
}
