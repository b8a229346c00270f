import { escapeCharacter } from './json.ts';

/**
 * Makes text from the cluster safe for a terminal: control characters (C0, DEL, C1) and the Unicode marks that reorder
 * text become visible escapes, so that no name or message can move the cursor, change colours or hide itself.
 */
export function terminalText(text: string): string {
  return text.replace(unsafe, escapeCharacter);
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters to keep out
const unsafe = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;
