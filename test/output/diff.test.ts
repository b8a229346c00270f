import test from 'ava';
import { safeOutput } from '../../src/output/streams.ts';
import { unifiedDiff, writeDiff } from '../../src/output/unified-diff.ts';

const diff = unifiedDiff({ name: 'a.yaml', before: 'a: 1\nb: 2\n', after: 'a: 1\nb: \u001b[31m3\n' });

/** What a stream gets. */
function written(isTerminal: boolean, isColored: boolean): string {
  let text = '';
  const raw = {
    ...{ isTerminal, columns: 80 },
    write(more: string) {
      text += more;
    },
  };
  writeDiff(safeOutput(raw, { isColored, isAscii: false, isDumb: false }), diff);
  return text;
}

test('a diff on a terminal has colours: removed lines are red, added lines are green', (t) => {
  t.is(
    written(true, true),
    [
      '\u001b[1m--- a.yaml\u001b[22m',
      '\u001b[1m+++ a.yaml\u001b[22m',
      '\u001b[2m@@ -1,2 +1,2 @@\u001b[22m',
      ' a: 1',
      '\u001b[31m-b: 2\u001b[39m',
      '\u001b[32m+b: \\u001b[31m3\u001b[39m',
      '',
    ].join('\n'),
  );
});

test('a diff in a pipe has no colours, and --color=never leaves them out on a terminal', (t) => {
  t.is(written(false, true), diff);
  t.is(written(true, false), diff);
});
