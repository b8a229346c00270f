import test from 'ava';
import { completionLines } from '../../src/output/completion-lines.ts';

const offered = (...values: string[]) =>
  completionLines(
    values.map((value) => ({ value })),
    '',
  ).split('\n');

test('only words that every shell takes as they are', (t) => {
  const plain = ['train', 'Train.2_x-y', 'arn:aws:eks:us-west-2:1:cluster/prod', 'admin@prod', '--mode=', '-v'];
  t.deepEqual(offered(...plain), [...plain, ':6', '']);
  const hostile = [
    'z$(pwn)',
    'z;pwn',
    '`pwn`',
    'a b',
    "a'b",
    'a"b',
    'a\nb',
    'a\u001b[1m',
    ':0',
    '',
    '~',
    '*',
    'a|b',
    '---x',
    '@a',
    'ü',
  ];
  t.deepEqual(offered(...hostile), [':4', '']);
});
