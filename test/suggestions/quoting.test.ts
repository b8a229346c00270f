import test, { type ExecutionContext } from 'ava';
import { advice, type Command, command, cure, part } from '../../src/errors/cure.ts';
import { createTemporaryFolder } from '../cluster/temporary-folder.ts';
import { type AllPasted, paste, pasteAtTerminal, shells } from './shells.ts';

const folder = createTemporaryFolder();
test.after.always(() => folder.remove());

/** Words that some shell reads otherwise unless they are quoted. */
const words = [
  ...[
    'a b',
    '$(touch x)',
    '`touch x`',
    'a;b',
    "a'b",
    'a"b',
    'a\\b',
    'a\\',
    "\\'",
    "'",
    '\\',
    "a'\\b",
    '-n',
    '--x=y',
    '~',
    '~root',
  ],
  ...[
    '*',
    '?',
    '[a]',
    '{a,b}',
    '!x',
    '!!',
    '#x',
    '=x',
    '=ls',
    '%1',
    '@x',
    '^a^b',
    'a&b',
    'a|b',
    '>x',
    '<x',
    '(a)',
    '$x',
    '$HOME',
  ],
  ...[
    '',
    ' ',
    'ü',
    'a=b',
    'a:b',
    'arn:aws:eks:us-west-2:1:cluster/prod',
    'admin@prod',
    '{{.}}',
    '%s',
    'true;',
    'if',
    'then',
    '\u{1f600}',
  ],
];

interface Case {
  readonly text: Command;
  readonly argv: readonly string[];
}

const cases: Case[] = words.flatMap((word) => [
  { text: command`kubectl skyports endpoints ${word} -n ${word}`!, argv: ['skyports', 'endpoints', word, '-n', word] },
  { text: command`kubectl --context=${word} ${[word, 'b', word]}`!, argv: [`--context=${word}`, word, 'b', word] },
  { text: command`kubectl x ${part`--as ${word}`} end`!, argv: ['x', '--as', word, 'end'] },
]);

const texts = cases.map(({ text }) => text);

function areAsMeant(t: ExecutionContext, { pasted, written }: AllPasted): void {
  t.deepEqual(written, []);
  for (const [index, { ended, ran }] of pasted.entries()) {
    t.true(ended, cases[index]!.text);
    t.deepEqual(ran, [['kubectl', ...cases[index]!.argv]], cases[index]!.text);
  }
  t.is(pasted.length, cases.length);
}

for (const shell of shells) {
  test(`${shell}: the arguments are what was meant, and nothing else runs`, async (t) => {
    areAsMeant(t, await paste(shell, texts, folder.path));
  });
}

test('fish at a terminal reads them alike', async (t) => {
  areAsMeant(t, await pasteAtTerminal(texts, folder.path));
});

test('fish at a terminal waits for the end of a quote, and goes on in another one', async (t) => {
  const { pasted } = await pasteAtTerminal(["kubectl a'", 'kubectl b'], folder.path);
  t.deepEqual(
    pasted.map(({ ran, ended }) => ({ ran, ended })),
    [
      { ran: [], ended: false },
      { ran: [['kubectl', 'b']], ended: true },
    ],
  );
});

test('what is left out takes its blank along', (t) => {
  const text: string | null = command`kubectl skyports expose ${'train'} ${[]} -n ${'ml'} ${undefined} ${false}`;
  t.is(text, 'kubectl skyports expose train -n ml');
});

test('what cannot be pasted into all shells gets no command, and the note says why', (t) => {
  for (const word of ['a\nb', 'a\rb', '\u001b[31m', '\u202ea', '\u200b', '\ud800', 'x'.repeat(1001)]) {
    const text = command`kubectl get pods -n ${word}`;
    t.is(text, null);
    t.regex(
      cure(text, 'lists the Pods').note!,
      /^lists the Pods \(no command: a name in it has characters that cannot be pasted\)$/,
    );
    t.is(command`kubectl ${part`-n ${word}`}`, null);
  }
  t.deepEqual(advice('wait'), { command: null, note: 'wait' });
});
