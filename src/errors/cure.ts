import { canBeQuoted, shellWord } from './shell-word.ts';

declare const isCommand: unique symbol;

/** A command that can be pasted into bash, zsh and fish unchanged. Only the template tag `command` creates one. */
export type Command = string & { readonly [isCommand]: true };

/** A suggestion that goes with a fact: a command to paste, and a note. */
export interface Cure {
  /** Null if there is nothing to paste. The note then contains the suggestion. */
  readonly command: Command | null;
  /** What the command does, when to choose it, and what its placeholders (upper case) mean. */
  readonly note: string | null;
}

/** A part of a command, already quoted. Its text is undefined if the part contains a word that cannot be quoted. */
export class CommandPart {
  readonly text: string | undefined;

  constructor(text: string | undefined) {
    this.text = text;
  }
}

/**
 * A value in a template. Words are quoted. A CommandPart stays unchanged. Undefined, false and an empty list are left
 * out.
 */
type Piece = string | number | CommandPart | readonly (string | number)[] | undefined | false;

/**
 * The template tag for a command, which quotes every value:
 *
 *     command`kubectl skyports expose ${name} ${ports} -n ${namespace}`
 *
 * If a value is left out, the space before it is left out, too.
 *
 * @returns null if a word cannot be quoted for bash, zsh and fish on one line
 */
export function command(texts: TemplateStringsArray, ...pieces: readonly Piece[]): Command | null {
  return (textOf(texts, pieces) ?? null) as Command | null;
}

/**
 * The template tag for a part of a command, such as `--mode ${mode}`. The part can be a value in the template of a
 * command.
 */
export function part(texts: TemplateStringsArray, ...pieces: readonly Piece[]): CommandPart {
  return new CommandPart(textOf(texts, pieces));
}

/**
 * The last operand of a command, after all options. `--` is added before a word that begins with a dash. Otherwise, the
 * command would read this word as an option.
 */
export function lastOperand(word: string): CommandPart {
  return word.startsWith('-') ? part`-- ${word}` : part`${word}`;
}

/**
 * A cure with a command: `cure(startCommand, 'starts the head again')`.
 *
 * @param note undefined if the command needs no explanation
 */
export function cure(text: Command | null, note?: string): Cure {
  if (text !== null) return { command: text, note: note ?? null };
  const why = 'a name in it has characters that cannot be pasted';
  return {
    command: null,
    note: note === undefined ? `there is no command to paste: ${why}` : `${note} (no command: ${why})`,
  };
}

/** A cure that is only a note, without a command. */
export function advice(note: string): Cure {
  return { command: null, note };
}

function textOf(texts: TemplateStringsArray, pieces: readonly Piece[]): string | undefined {
  let line = texts[0]!;
  for (const [index, piece] of pieces.entries()) {
    const quoted = quotedPiece(piece);
    if (quoted === undefined) return undefined;
    if (quoted === '') line = line.replace(/ $/, '');
    line += `${quoted}${texts[index + 1]!}`;
  }
  return line;
}

function quotedPiece(piece: Piece): string | undefined {
  if (piece === undefined || piece === false) return '';
  if (piece instanceof CommandPart) return piece.text;
  const words = (Array.isArray(piece) ? piece : [piece]).map(String);
  return words.every(canBeQuoted) ? words.map(shellWord).join(' ') : undefined;
}
