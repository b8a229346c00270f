import { cut, terminalText } from '../terminal-text.ts';

/** A piece of HTML. Only the template tag `html` and `markup` create one, so every other text is escaped. */
export class Html {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

type Piece = string | number | Html | readonly Html[] | null | undefined | false;

/** The maximum length of a text from outside. The message of an event may be very long. JSON contains the whole text. */
const mostCharacters = 4000;

/**
 * The template tag for HTML. It escapes every value, except values that are HTML already. Text from the cluster can
 * therefore only be text, in an element or in a quoted attribute.
 *
 *     html`<p title="${name}">${message}</p>`
 */
export function html(texts: TemplateStringsArray, ...pieces: readonly Piece[]): Html {
  return new Html(texts.map((text, at) => `${text}${at < pieces.length ? textOf(pieces[at]) : ''}`).join(''));
}

/** Text of this program as HTML, without escapes: a style sheet or a script. Never pass text from the cluster. */
export function markup(text: string): Html {
  return new Html(text);
}

function textOf(piece: Piece): string {
  if (piece === null || piece === undefined || piece === false) return '';
  if (piece instanceof Html) return piece.text;
  if (typeof piece === 'number') return String(piece);
  if (typeof piece === 'string') return escapedHtml(piece);
  return piece.map(({ text }) => text).join('');
}

const entities: Readonly<Record<string, string>> = {
  ...{ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;', '`': '&#96;', '\n': '&#10;' },
};

/**
 * Escapes a text for HTML. Control characters and marks that reorder text become visible escapes, as on a terminal. Line
 * breaks become references, so that the source of the page has no line that begins with text from outside.
 */
export function escapedHtml(text: string): string {
  const safe = cut(text, mostCharacters).split('\n').map(terminalText).join('\n').toWellFormed();
  return safe.replace(/[&<>"'`\n]/g, (character) => entities[character]!);
}
