import { createTwoFilesPatch, FILE_HEADERS_ONLY } from 'diff';
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
