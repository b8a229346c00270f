import { InterruptedError } from '../errors/failure.ts';
import type { Process, RawOutput, System, TextOutput } from '../system.ts';
import { cut, terminalText } from './terminal-text.ts';

/**
 * The maximum length of a line. It is longer than any message of this plugin, and short enough that a hostile text does not
 * fill the terminal.
 */
const mostCharacters = 4000;

/** Returns the process with streams that escape unsafe text. Only this file writes to the raw streams. */
export function withSafeStreams(bare: Process): System {
  // Opening a stream takes milliseconds, so each stream is opened at its first use.
  const lazily = (name: 'stdout' | 'stderr') => {
    let output: TextOutput | undefined;
    return { get: () => (output ??= safeOutput(bare[name])) };
  };
  const ask = async (question: string) => {
    try {
      return await bare.ask(terminalText(cut(question, mostCharacters)));
    } catch (error) {
      // node:readline throws AbortError after an interruption, and for Ctrl-C and Ctrl-D on the terminal. Ctrl-D counts as
      // the answer "no".
      if ((error as Error).name !== 'AbortError') throw error;
      if ((error as Error).message.includes('Ctrl+D')) return '';
      throw new InterruptedError('interrupted: nothing was changed');
    }
  };
  return Object.create(bare, { stdout: lazily('stdout'), stderr: lazily('stderr'), ask: { value: ask } }) as System;
}

/** Wraps one stream so that unsafe text is escaped. */
export function safeOutput(raw: RawOutput): TextOutput {
  let progressShown = false;
  const write = (text: string) => {
    if (progressShown) raw.write(clearLine);
    progressShown = false;
    raw.write(text);
  };
  return {
    line: (text) => write(`${terminalText(cut(text, mostCharacters))}\n`),
    document: (text) => {
      if (text !== '') write(text.replace(unsafeInDocuments, terminalText));
    },
    progress: (text) => {
      if (!raw.isTerminal || (text === undefined && !progressShown)) return;
      const shown = text === undefined ? '' : terminalText(text.slice(0, raw.columns)).slice(0, raw.columns - 1);
      raw.write(`${clearLine}${shown}`);
      progressShown = text !== undefined;
    },
    passThrough: write,
    get isTerminal() {
      return raw.isTerminal;
    },
    get columns() {
      return raw.columns;
    },
  };
}

/** Moves to the start of the line and erases it (ECMA-48 CR, EL). */
const clearLine = '\r\u001b[K';

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters to keep out
const unsafeInDocuments = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;
