import { InterruptedError } from '../errors/failure.ts';
import type { Process, RawOutput, System, TextOutput } from '../system.ts';
import { cut, terminalText } from './terminal-text.ts';

/**
 * The maximum length of a line. Every message of this plugin is shorter. A longer text would fill the terminal, and may
 * be hostile.
 */
const mostCharacters = 4000;

/** Returns the process with streams that escape unsafe text. No other file writes to the raw streams. */
export function withSafeStreams(bare: Process): System {
  // Opening a stream takes milliseconds, so open each stream only when it is first used.
  const lazily = (name: 'stdout' | 'stderr') => {
    let output: TextOutput | undefined;
    return { get: () => (output ??= safeOutput(bare[name])) };
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

/** The characters that move to the start of the line and erase it (ECMA-48 CR, EL). */
const clearLine = '\r\u001b[K';

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters to keep out
const unsafeInDocuments = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;
