import test from 'ava';
import { safeOutput } from '../../src/output/streams.ts';

function written(isTerminal = false, columns = 80) {
  const texts: string[] = [];
  const output = safeOutput({ write: (text) => void texts.push(text), isTerminal, columns });
  return { output, text: () => texts.join('') };
}

const hostile = 'a\u001b[31m\u009b2J\u202eb\r\nFAKE\u2028c\u0007';

test('a line stays one line, and nothing in it moves a cursor or reorders text', (t) => {
  const { output, text } = written();
  output.line(hostile);
  t.is(text(), 'a\\u001b[31m\\u009b2J\\u202eb\\u000d\\u000aFAKE\\u2028c\\u0007\n');
});

test('a document keeps its line ends and tabs, and nothing else', (t) => {
  const { output, text } = written();
  output.document(`one\ttwo\n${hostile}`);
  t.is(text(), 'one\ttwo\na\\u001b[31m\\u009b2J\\u202eb\\u000d\nFAKE\\u2028c\\u0007');
});

test('a line of a megabyte is cut', (t) => {
  const { output, text } = written();
  output.line('x'.repeat(1_000_000));
  t.is(text().length, 4001);
  t.true(text().endsWith('…\n'));
});

test('progress is shown on a terminal alone, and is gone before the next line', (t) => {
  const elsewhere = written();
  elsewhere.output.progress('waiting');
  elsewhere.output.progress(undefined);
  t.is(elsewhere.text(), '');
  const { output, text } = written(true, 11);
  output.progress(`w\u001b[1m${'x'.repeat(100)}`);
  output.line('done');
  output.progress(undefined);
  t.is(text(), '\r\u001b[Kw\\u001b[1m\r\u001b[Kdone\n');
});
