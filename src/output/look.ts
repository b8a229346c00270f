import type { Span, Style, StyledLine, System, TextOutput } from '../system.ts';
import { cut, wrapped } from './terminal-text.ts';

/** The values of `--color`. */
export const colorChoices = ['auto', 'always', 'never'] as const;
export type ColorChoice = (typeof colorChoices)[number];

/** The abilities of the terminal or file behind a stream. */
export interface Look {
  /** Whether styles are written as colours. */
  readonly isColored: boolean;
  /** Whether the user's locale has no UTF-8, so that marks have to be ASCII. */
  readonly isAscii: boolean;
  /** Whether the terminal cannot replace a line (TERM=dumb). */
  readonly isDumb: boolean;
}

/**
 * The look of a stream. `--color` counts before the environment, and NO_COLOR (no-color.org) before FORCE_COLOR. Without
 * them, only a terminal gets colours.
 */
export function lookOf(
  { color, isTerminal }: { readonly color: ColorChoice; readonly isTerminal: boolean },
  { env, platform }: Pick<System, 'env' | 'platform'>,
): Look {
  const isDumb = env.TERM === 'dumb';
  return {
    isColored: color === 'auto' ? automatic(env, isTerminal && !isDumb) : color === 'always',
    isAscii: !hasUnicode(env, platform),
    isDumb,
  };
}

function automatic(env: System['env'], isAble: boolean): boolean {
  if (env.NO_COLOR) return false;
  if (env.FORCE_COLOR) return env.FORCE_COLOR !== '0' && env.FORCE_COLOR !== 'false';
  return isAble;
}

/**
 * Whether the locale has UTF-8. Of LC_ALL, LC_CTYPE and LANG, the first one that is set counts (POSIX, locale). If none
 * is set, as in many containers, the terminal itself usually has UTF-8. Fonts of the old Windows console lack the marks;
 * Windows Terminal sets WT_SESSION.
 */
function hasUnicode(env: System['env'], platform: string): boolean {
  const locale = env.LC_ALL || env.LC_CTYPE || env.LANG;
  if (locale) return /utf-?8/i.test(locale);
  return platform !== 'win32' || Boolean(env.WT_SESSION);
}

/** The parameters of SGR (ECMA-48) that begin and end each style. */
export const stylesOf: Readonly<Record<Style, readonly [on: number, off: number]>> = {
  good: [32, 39],
  warning: [33, 39],
  bad: [31, 39],
  strong: [1, 22],
  faint: [2, 22],
};

/** A mark that moves, one character a second. */
export const spinner = ['⠋', '⠙', '⠸', '⠴'] as const;

/**
 * The replacements for characters that a locale without UTF-8 cannot show. None contains `>`, because a shell would
 * write a file if a user pasted it.
 */
const ascii: Readonly<Record<string, string>> = {
  ...{ '✔': '+', '✖': 'x', '→': '~', '…': '...', '·': '-' },
  ...{ '├': '|', '└': '`', '│': '|', '─': '-' },
  ...{ '⠋': '-', '⠙': '\\', '⠸': '|', '⠴': '/' },
};

/** A line of text for a locale without UTF-8. An arrow at its end, which points to the next line, becomes a colon. */
export function asciiText(text: string): string {
  return text.replace(/ \u2192$/, ':').replace(/[\u0080-\uffff]/g, (character) => ascii[character] ?? character);
}

/** The text of a line without its styles. */
export function plainText(line: StyledLine): string {
  return typeof line === 'string' ? line : line.map((part) => (typeof part === 'string' ? part : part.text)).join('');
}

/** A piece of text with a style. */
export function styled(style: Style, text: string): Span {
  return { text, style };
}

/** A longer message is cut before it is wrapped. */
const mostOfMessage = 4000;

/**
 * The lines of a message. Its first word is in colour if it is `error:` or `warning:`. On a terminal, a long message is
 * wrapped, and its further lines are indented. A text that is already indented, such as a command, stays whole.
 *
 * @param width the width of the terminal; Infinity for a pipe
 */
export function messageLines(text: string, width: number): StyledLine[] {
  const whole = cut(text, mostOfMessage);
  const isWhole = whole.length <= width || whole.startsWith(' ');
  const [first = '', ...rest] = isWhole ? [whole] : wrapped(whole, width - 2);
  const [, word, after = ''] = /^(error:|warning:)(.*)$/s.exec(first) ?? [];
  const start = word === undefined ? first : [styled(word === 'error:' ? 'bad' : 'warning', word), after];
  return [start, ...rest.map((line) => `  ${line}`)];
}

/** The columns that a layout has to fit. A pipe gets the full layout. */
export function layoutColumns({ isTerminal, columns }: Pick<TextOutput, 'isTerminal' | 'columns'>): number {
  return isTerminal ? columns : Number.POSITIVE_INFINITY;
}
