/** JSON as kubectl prints it: indented by four spaces, with a final line break. All control characters are escaped. */
export function renderJson(value: unknown): string {
  return `${escapedJson(value, 4)}\n`;
}

/** The shortest part of a long document, in characters. One write for each item would take longer. */
const leastPart = 65_536;

/**
 * The same text as `renderJson`, in parts. The list `items` must be the last field. A part is made when it is needed, so
 * a long list is never in memory as text.
 */
export function* jsonParts(value: { readonly items: readonly unknown[] }): Generator<string> {
  const { items, ...head } = value;
  const frame = renderJson({ ...head, items: [] });
  if (items.length === 0) return yield frame;
  const end = frame.lastIndexOf(']');
  let part = frame.slice(0, end);
  for (const [index, item] of items.entries()) {
    const text = `\n${escapedJson(item, 4)}`.replaceAll('\n', `\n${itemIndent}`);
    part += `${index === 0 ? '' : ','}${text}`;
    if (part.length < leastPart) continue;
    yield part;
    part = '';
  }
  yield `${part}\n${itemIndent.slice(4)}${frame.slice(end)}`;
}

/** Items are two levels deep. */
const itemIndent = ' '.repeat(8);

/** JSON on one line, for a stream of documents. */
export function renderJsonLine(value: unknown): string {
  return `${escapedJson(value)}\n`;
}

function escapedJson(value: unknown, indent?: number): string {
  return JSON.stringify(value, null, indent).replace(unescaped, escapeCharacter);
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
