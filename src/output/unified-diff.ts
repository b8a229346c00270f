import { createTwoFilesPatch, FILE_HEADERS_ONLY } from 'diff';
import type { Style, TextOutput } from '../system.ts';
import { styled } from './look.ts';
import { terminalText } from './terminal-text.ts';

/** A text before and after a change. */
export interface TextChange {
  /** The name of the text, for both lines of the header. */
  readonly name: string;
  readonly before: string;
  readonly after: string;
}

/** A unified diff with three lines of context, as `diff -u` and `kubectl diff` print it. The text is safe for a terminal. */
export function unifiedDiff({ name, before, after }: TextChange): string {
  const patch = createTwoFilesPatch(name, name, before, after, undefined, undefined, {
    context: 3,
    headerOptions: FILE_HEADERS_ONLY,
  });
  return patch
    .split('\n')
    .map((line) => line.replace(/\r$/, '').split('\t').map(terminalText).join('\t'))
    .join('\n');
}

/** The styles of lines, by their beginning. The first one that matches counts. */
const stylesOfLines: readonly (readonly [start: string, style: Style])[] = [
  ['--- ', 'strong'],
  ['+++ ', 'strong'],
  ['@@', 'faint'],
  ['-', 'bad'],
  ['+', 'good'],
];

/** Writes a diff: as it is to a pipe, where `patch` may read it, and with colours to a terminal. */
export function writeDiff(output: TextOutput, diff: string): void {
  if (!output.isTerminal) {
    output.document(diff);
    return;
  }
  const lines = diff.replace(/\n$/, '').split('\n');
  output.lines(
    lines.map((line) => {
      const style = stylesOfLines.find(([start]) => line.startsWith(start))?.[1];
      return style ? [styled(style, line)] : line;
    }),
  );
}
