import test from 'ava';
import fc from 'fast-check';
import { MisreadArgument } from '../../src/arguments/argument-fault.ts';
import type { Flags } from '../../src/arguments/flag.ts';
import { normalizeArguments } from '../../src/arguments/normalize.ts';

const known = {
  namespace: { type: 'string', short: 'n', value: 'NAMESPACE', describe: '' },
  output: { type: 'string', short: 'o', describe: '' },
  'all-namespaces': { type: 'boolean', short: 'A', describe: '' },
  watch: { type: 'boolean', short: 'w', describe: '' },
  annotation: { type: 'list', describe: '' },
  wait: { type: 'optional', describe: '' },
  for: { type: 'optional', value: 'DURATION', describe: '' },
  look: { type: 'optional', choices: ['pod', 'false'], describe: '' },
} as const satisfies Flags;

const cases = {
  '-n foo': '--namespace=foo',
  '-nfoo': '--namespace=foo',
  '-n=foo': '--namespace=foo',
  '--namespace foo': '--namespace=foo',
  '--namespace=foo': '--namespace=foo',
  '--namespace=': '--namespace=',
  '--namespace=a=b': '--namespace=a=b',
  '-ojson': '--output=json',
  '-ojsonpath={.items[*].url}': '--output=jsonpath={.items[*].url}',
  '-A': '--all-namespaces=true',
  '-Aw': '--all-namespaces=true --watch=true',
  '-Awnfoo': '--all-namespaces=true --watch=true --namespace=foo',
  '-Awn foo': '--all-namespaces=true --watch=true --namespace=foo',
  '-A=false': '--all-namespaces=false',
  '-A=1': '--all-namespaces=true',
  '-wA=0': '--watch=true --all-namespaces=false',
  '--all-namespaces=F': '--all-namespaces=false',
  '--all-namespaces=TRUE': '--all-namespaces=true',
  // A boolean never takes the next word.
  '-A false': '--all-namespaces=true | false',
  '--watch train': '--watch=true | train',
  '--wait train 8888': '--wait= | train 8888',
  '--wait=5s train': '--wait=5s | train',
  // pflag takes whatever comes next, a flag too.
  '-n -A': '--namespace=-A',
  '--namespace --': '--namespace=--',
  '-n foo -n bar': '--namespace=foo --namespace=bar',
  '--annotation a=b --annotation=c=d': '--annotation=a=b --annotation=c=d',
  'endpoints -n x train': '--namespace=x | endpoints train',
  '-n x endpoints': '--namespace=x | endpoints',
  '-A -- -n --watch': '--all-namespaces=true | -n --watch',
  '-- -- a': ' | -- a',
  '- a': ' | - a',
  '': '',
};
for (const [line, expected] of Object.entries(cases)) {
  test(`"${line}"`, (t) => {
    const { flags, operands } = normalizeArguments(line === '' ? [] : line.split(' '), known);
    const text = flags.map(({ name, value }) => `--${name}=${value}`).join(' ');
    t.is(operands.length > 0 ? `${text} | ${operands.join(' ')}` : text, expected);
  });
}

const refused = {
  '--namespce x': { kind: 'unknown-flag', name: 'namespce', at: 0 },
  'a --=x': { kind: 'unknown-flag', name: '', at: 1 },
  '--constructor': { kind: 'unknown-flag', name: 'constructor', at: 0 },
  '-A -x': { kind: 'unknown-shorthand', letter: 'x', at: 1 },
  '-Ax': { kind: 'unknown-shorthand', letter: 'x', at: 0 },
  'a b -1': { kind: 'unknown-shorthand', letter: '1', at: 2 },
  '-n': { kind: 'no-value', typed: '-n', at: 0 },
  '-A -o': { kind: 'no-value', typed: '-o', at: 1 },
  '--namespace': { kind: 'no-value', typed: '--namespace', at: 0 },
  '--watch=maybe': { kind: 'no-boolean', typed: '--watch', value: 'maybe', at: 0 },
  'train --for 60s': { kind: 'value-apart', typed: '--for', value: '60s', at: 1 },
  '--for 5 train': { kind: 'value-apart', value: '5', at: 0 },
  '--for -1': { kind: 'value-apart', value: '-1', at: 0 },
  '--for 1.5h': { kind: 'value-apart', value: '1.5h', at: 0 },
  '--look pod': { kind: 'value-apart', typed: '--look', value: 'pod', at: 0 },
} as const;
for (const [line, { at, ...fault }] of Object.entries(refused)) {
  test(`"${line}" is refused`, (t) => {
    const error = t.throws(() => normalizeArguments(line.split(' '), known), { instanceOf: MisreadArgument });
    t.like(error.fault, fault);
    t.is(error.at, at);
  });
}

for (const line of ['--for train', '--for -A', '--look train', '--look -- pod', '--for=5s 5', '--wait 5']) {
  test(`"${line}" leaves the next word alone`, (t) => t.notThrows(() => normalizeArguments(line.split(' '), known)));
}

const word = fc.stringMatching(/^[a-z0-9][a-z0-9=:.-]{0,6}$/);
const flag = fc.oneof(
  fc.tuple(fc.constantFrom('-n', '--namespace', '-o', '--annotation'), word).map((pair) => [...pair]),
  fc.tuple(fc.constantFrom('-n', '-n=', '--output=', '--wait=', '-Awo'), word).map(([name, value]) => [name + value]),
  fc.constantFrom('-A', '--watch', '-wA', '--wait', '--watch=false').map((name) => [name]),
);

test('no word is lost, and none is made up, wherever the flags stand', (t) => {
  const piece = fc.oneof(
    flag.map((args) => ({ args, isWord: false })),
    word.map((each) => ({ args: [each], isWord: true })),
  );
  fc.assert(
    fc.property(fc.array(piece), fc.array(fc.string()), (pieces, after) => {
      const expected = pieces.filter(({ isWord }) => isWord).flatMap(({ args }) => args);
      const args = pieces.flatMap((each) => each.args);
      t.deepEqual(normalizeArguments(args, known).operands, expected);
      t.deepEqual(normalizeArguments([...args, '--', ...after], known).operands, [...expected, ...after]);
    }),
  );
});

test('what was normalized once stays as it is', (t) => {
  fc.assert(
    fc.property(fc.array(fc.oneof(flag, fc.tuple(word))), (pieces) => {
      const once = normalizeArguments(pieces.flat(), known);
      const args = [...once.flags.map(({ name, value }) => `--${name}=${value}`), '--', ...once.operands];
      t.deepEqual(normalizeArguments(args, known), once);
    }),
  );
});
