import test from 'ava';
import { wrapped } from '../../src/output/terminal-text.ts';

test('a text is broken at spaces, within the width', (t) => {
  t.deepEqual(wrapped('one two three', 7), ['one two', 'three']);
  t.deepEqual(wrapped('one two three', 13), ['one two three']);
});

test('a URL that is longer than the width stays whole', (t) => {
  t.deepEqual(wrapped('so SkyPilot prints http://localhost:32080/skypilot now', 12), [
    'so SkyPilot',
    'prints',
    'http://localhost:32080/skypilot',
    'now',
  ]);
});

test('an empty text is one empty line', (t) => t.deepEqual(wrapped('', 10), ['']));
