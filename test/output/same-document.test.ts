import test from 'ava';
import { firstDifference } from '../helpers/same-document.ts';

for (const [present, wanted, says] of [
  ['a\nb\nc\n', 'a\nx\ny\n', 'line 2 differs\n  present: "b"\n  wanted:  "x"'],
  ['a\n', 'a\nb\n', 'line 2 differs\n  present: ""\n  wanted:  "b"'],
  ['a\nb', 'a', 'line 2 differs\n  present: "b"\n  wanted:  nothing, the text ends before'],
  ['a', 'a\nb', 'line 2 differs\n  present: nothing, the text ends before\n  wanted:  "b"'],
  ['a\r\nb', 'a\nb', 'line 1 differs\n  present: "a\\r"\n  wanted:  "a"'],
] as const) {
  test(`${JSON.stringify(present)} and ${JSON.stringify(wanted)}`, (t) => t.is(firstDifference(present, wanted), says));
}

test('equal texts do not differ', (t) => t.is(firstDifference('a\n', 'a\n'), undefined));
