import { InterruptedError } from '../errors/failure.ts';
import type { Process, RawOutput, Span, StyledLine, System, TextOutput } from '../system.ts';
import { asciiText, type ColorChoice, type Look, lookOf, stylesOf } from './look.ts';
import { cut, terminalText } from './terminal-text.ts';

/**
 * The maximum length of a line. Every message of this plugin is shorter. A longer text would fill the terminal, and may
 * be hostile.
 */
const mostCharacters = 4000;

/**
 * Returns the process with streams that escape unsafe text. No other file writes to the raw streams.
 *
 * @param settings the value of `--color`, which is read when a stream is first used
 */
export function withSafeStreams(bare: Process, settings: { readonly color: ColorChoice }): System {
  // Opening a stream takes milliseconds, so open each stream only when it is first used.
  const lazily = (name: 'stdout' | 'stderr') => {
    let output: TextOutput | undefined;
    const open = () => {
      const raw = bare[name];
      return safeOutput(raw, lookOf({ ...settings, isTerminal: raw.isTerminal }, bare));
    };
    return { get: () => (output ??= open()) };
  };
  const ask = async (question: string) => {
    try {
      return await bare.ask(terminalText(cut(question, mostCharacters)));
    } catch (error) {
      // node:readline throws AbortError after an interruption, and for Ctrl-C and Ctrl-D on the terminal. Ctrl-D means
      // "no".
      if ((error as Error).name !== 'AbortError') throw error;
      if ((error as Error).message.includes('Ctrl+D')) return '';
      throw new InterruptedError('interrupted: nothing was changed');
    }
  };
  return Object.create(bare, { stdout: lazily('stdout'), stderr: lazily('stderr'), ask: { value: ask } }) as System;
}

/** Wraps one stream so that unsafe text is escaped, and styles become colours if `look` has colours. */
export function safeOutput(raw: RawOutput, look: Look = plainLook): TextOutput {
  let progressShown = false;
  const repaints = raw.isTerminal && !look.isDumb;
  const write = (text: string) => {
    if (progressShown) raw.write(clearLine);
    progressShown = false;
    raw.write(text);
  };
  const safe = (text: string) => terminalText(look.isAscii ? asciiText(text) : text);
  const piece = (part: string | Span) => {
    if (typeof part === 'string') return safe(part);
    const text = safe(part.text);
    if (!look.isColored || text === '') return text;
    const [on, off] = stylesOf[part.style];
    return `\u001b[${on}m${text}\u001b[${off}m`;
  };
  const shown = (line: StyledLine) => `${typeof line === 'string' ? safe(line) : line.map(piece).join('')}\n`;
  const document = (text: string) => {
    if (text !== '') write(text.replace(unsafeInDocuments, terminalText));
  };
  return {
    line: (line) => write(shown(cutLine(line))),
    lines: (lines) => {
      if (lines.length > 0) write(lines.map(shown).join(''));
    },
    document,
    documentParts: async (parts) => {
      for (const part of parts) {
        document(part);
        await raw.drained?.();
      }
    },
    progress: (text) => {
      if (!repaints || (text === undefined && !progressShown)) return;
      const line = text === undefined ? '' : safe(text.slice(0, raw.columns)).slice(0, raw.columns - 1);
      raw.write(`${clearLine}${line}`);
      progressShown = text !== undefined;
    },
    passThrough: write,
    repaints,
    get isTerminal() {
      return raw.isTerminal;
    },
    get columns() {
      return raw.columns;
    },
  };
}

const plainLook: Look = { isColored: false, isAscii: false, isDumb: false };

function cutLine(line: StyledLine): StyledLine {
  if (typeof line === 'string') return cut(line, mostCharacters);
  return line.map((part) =>
    typeof part === 'string' ? cut(part, mostCharacters) : { ...part, text: cut(part.text, mostCharacters) },
  );
}

/** The characters that move to the start of the line and erase it (ECMA-48 CR, EL). */
const clearLine = '\r\u001b[K';

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters to keep out
const unsafeInDocuments = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;
