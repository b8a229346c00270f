import test from 'ava';
import { nearestValueOf } from '../../src/arguments/nearest.ts';
import { oneOf } from '../../src/arguments/one-of.ts';
import { UsageError } from '../../src/errors/usage-error.ts';

const modes = ['loadbalancer', 'ingress', 'podip', 'nodeport'];
const formats = ['table', 'wide', 'json', 'yaml', 'name', 'url'];

const cases: [typed: string, choices: readonly string[], meant: string | undefined][] = [
  ['lb', modes, 'loadbalancer'],
  ['LoadBalancer', modes, 'loadbalancer'],
  ['np', modes, 'nodeport'],
  ['Ingres', modes, 'ingress'],
  ['tabel', formats, 'table'],
  ['josn', formats, 'json'],
  ['xml', formats, undefined],
  ['x', formats, undefined],
  ['', formats, undefined],
];
for (const [typed, choices, meant] of cases) {
  test(`"${typed}" stands for ${meant ?? 'nothing'}`, (t) => t.is(nearestValueOf(typed, choices), meant));
}

test('an abbreviation of two choices stands for neither', (t) =>
  t.is(nearestValueOf('xb', ['x-one-b', 'x-two-b']), undefined));

const lines: [args: string, command: string | null][] = [
  ['endpoints -o tabel', 'kubectl skyports endpoints -o table'],
  ['endpoints --output=tabel x', 'kubectl skyports endpoints --output=table x'],
  // Given twice, or in one word with its letter: which one is not known.
  ['endpoints -o tabel -o tabel', null],
  ['endpoints -otabel', null],
  ['endpoints --token secret -o tabel', null],
  ['endpoints -- -o tabel', null],
];
for (const [args, command] of lines) {
  test(`${args}: ${command ?? 'in words'}`, (t) => {
    const error = t.throws(() => oneOf('tabel', formats, '-o', args.split(' ')), { instanceOf: UsageError });
    t.is(error.code, 'invalid-value');
    t.deepEqual(error.cures, [{ command, note: 'did you mean "table"?' }] as never);
  });
}

test('a value that is near none gets the choices alone', (t) => {
  const error = t.throws(() => oneOf('xml', formats, '-o', ['endpoints', '-o', 'xml']), { instanceOf: UsageError });
  t.is(error.message, '"xml" is not a valid value of -o, which takes table, wide, json, yaml, name, url');
  t.deepEqual(error.cures, []);
});
