/** JSON as kubectl prints it: four spaces of indentation, a line's end at the end, and no control character unescaped. */
export function renderJson(value: unknown): string {
  return `${JSON.stringify(value, null, 4).replace(unescaped, escapeCharacter)}\n`;
}

/** Characters that JSON lets stand and a terminal obeys: DEL, C1, and Unicode's marks that reorder text or break lines. */
export const unescaped = /[\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/** `\u` and four hexadecimal digits: the same in JSON and in YAML's double quotes. */
export function escapeCharacter(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
