import test from 'ava';
import { command } from '../../src/errors/cure.ts';
import { shownCures } from '../../src/output/cure-lines.ts';
import { asciiText, type ColorChoice, lookOf, messageLines, plainText, spinner } from '../../src/output/look.ts';
import { marks } from '../../src/output/marks.ts';
import { safeOutput } from '../../src/output/streams.ts';
import type { StyledLine } from '../../src/system.ts';

type Environment = Readonly<Record<string, string>>;

const isColored = (env: Environment, color: ColorChoice = 'auto', isTerminal = true) =>
  lookOf({ color, isTerminal }, { env, platform: 'linux' }).isColored;

test('--color counts before the environment, NO_COLOR before FORCE_COLOR, and then the stream decides', (t) => {
  t.true(isColored({}));
  t.false(isColored({}, 'auto', false));
  t.false(isColored({ NO_COLOR: '1' }));
  t.true(isColored({ NO_COLOR: '' }), 'no-color.org: an empty value means nothing');
  t.true(isColored({ FORCE_COLOR: '1' }, 'auto', false));
  t.false(isColored({ FORCE_COLOR: '0' }));
  t.false(isColored({ FORCE_COLOR: '1', NO_COLOR: '1' }));
  t.false(isColored({ TERM: 'dumb' }));
  t.true(isColored({ TERM: 'dumb', FORCE_COLOR: '1' }));
  t.true(isColored({ NO_COLOR: '1', TERM: 'dumb' }, 'always', false));
  t.false(isColored({ FORCE_COLOR: '1' }, 'never'));
});

test('the locale decides whether marks are ASCII', (t) => {
  const isAscii = (env: Environment, platform = 'linux') =>
    lookOf({ color: 'auto', isTerminal: true }, { env, platform }).isAscii;
  t.true(isAscii({ LC_ALL: 'C', LANG: 'en_US.UTF-8' }));
  t.true(isAscii({ LC_CTYPE: 'POSIX', LANG: 'en_US.UTF-8' }));
  t.false(isAscii({ LC_ALL: '', LC_CTYPE: 'UTF-8', LANG: 'C' }));
  t.false(isAscii({ LANG: 'de_DE.utf8' }));
  t.true(isAscii({ LANG: 'de_DE.ISO-8859-1' }));
  t.false(isAscii({}), 'containers often set no locale');
  t.true(isAscii({}, 'win32'));
  t.false(isAscii({ WT_SESSION: 'a' }, 'win32'));
});

test('every mark has an ASCII form of one character, and none redirects a shell', (t) => {
  for (const mark of [...Object.values(marks), ...spinner, '→']) {
    t.regex(asciiText(mark), /^[!-=?-~]$/);
  }
  t.is(asciiText('starts the head again →'), 'starts the head again:');
  t.is(asciiText('  → name it …'), '  ~ name it ...');
});

function written(line: StyledLine, look: Partial<ReturnType<typeof lookOf>> = {}): string {
  let text = '';
  const raw = {
    write: (each: string) => {
      text += each;
    },
    isTerminal: true,
    columns: 80,
  };
  safeOutput(raw, { isColored: true, isAscii: false, isDumb: false, ...look }).lines([line]);
  return text;
}

test('a style is written around the escaped text, so that text from the cluster has no escape sequence', (t) => {
  const hostile = 'a\u001b[0m\u009b31mb\u202e\r\n';
  const safe = 'a\\u001b[0m\\u009b31mb\\u202e\\u000d\\u000a';
  t.is(written([{ style: 'good', text: hostile }, hostile]), `\u001b[32m${safe}\u001b[39m${safe}\n`);
  t.is(written([{ style: 'strong', text: hostile }], { isColored: false }), `${safe}\n`);
  t.is(written([{ style: 'bad', text: '' }]), '\n');
});

test('marks are replaced where the locale has no UTF-8, with colours too', (t) => {
  t.is(written([{ style: 'bad', text: '✖' }, ' a title'], { isAscii: true }), '\u001b[31mx\u001b[39m a title\n');
});

test('the first word of a message has a colour', (t) => {
  t.is(written(messageLines('error: a warning: b', 80)[0]!), '\u001b[31merror:\u001b[39m a warning: b\n');
  t.is(written(messageLines('warning: a', 80)[0]!), '\u001b[33mwarning:\u001b[39m a\n');
  t.is(written(messageLines('no error: a', 80)[0]!), 'no error: a\n');
});

test('a long message is wrapped on a terminal, and stays one line in a pipe', (t) => {
  const text = 'warning: http://203.0.113.5:8888 is open to anyone who can reach it';
  t.deepEqual(messageLines(text, 40).map(plainText), [
    'warning: http://203.0.113.5:8888 is',
    '  open to anyone who can reach it',
  ]);
  t.deepEqual(messageLines(text, Number.POSITIVE_INFINITY).map(plainText), [text]);
  t.deepEqual(messageLines(`    kubectl ${text}`, 40).map(plainText), [`    kubectl ${text}`]);
  t.is(messageLines('a '.repeat(1e6), 80).map(plainText).join('').length < 6000, true);
});

test('the note of a cure is wrapped on a terminal, and its command is not', (t) => {
  const cures = [
    { note: 'this reaches the port from this machine', command: command`kubectl skyports forward train 8888 -n ml` },
  ];
  t.deepEqual(shownCures(cures, 30).map(plainText), [
    'this reaches the port from',
    '  this machine; try:',
    '    kubectl skyports forward train 8888 -n ml',
  ]);
});
