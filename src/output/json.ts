/** JSON as kubectl prints it: indented by four spaces, with a final line break. All control characters are escaped. */
export function renderJson(value: unknown): string {
  return `${JSON.stringify(value, null, 4).replace(unescaped, escapeCharacter)}\n`;
}

/** JSON on one line, for a stream of documents. */
export function renderJsonLine(value: unknown): string {
  return `${JSON.stringify(value).replace(unescaped, escapeCharacter)}\n`;
}

/**
 * Characters that JSON does not escape, but that change what a terminal shows: DEL, C1, and Unicode marks that reorder
 * text or break lines.
 */
export const unescaped = /[\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/** The escape of a character: `\u` and four hexadecimal digits. It is valid in JSON, and in YAML's double quotes. */
export function escapeCharacter(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
