import { InterruptedError } from '../errors/failure.ts';
import type { Process, RawOutput, System, TextOutput } from '../system.ts';
import { cut, terminalText } from './terminal-text.ts';

/** Longer than any message of this plugin, and short enough that one hostile text does not flood a screen. */
const mostCharacters = 4000;

/** The process with streams that escape unsafe text. The only place that writes to the raw streams. */
export function withSafeStreams(bare: Process): System {
  // Opening a stream takes milliseconds, so each is opened at its first use.
  const lazily = (name: 'stdout' | 'stderr') => {
    let output: TextOutput | undefined;
    return { get: () => (output ??= safeOutput(bare[name])) };
  };
  const ask = async (question: string) => {
    try {
      return await bare.ask(terminalText(cut(question, mostCharacters)));
    } catch (error) {
      // node:readline throws AbortError for the signal, and for Ctrl-C on the terminal. Ctrl-D counts as a no.
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
