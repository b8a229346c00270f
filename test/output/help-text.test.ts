import test from 'ava';
import { referenceDocument } from '../../scripts/docs/reference-document.ts';
import { completionLines } from '../../src/output/completion-lines.ts';
import {
  flagGroups,
  flagUsage,
  helpLines,
  renderCommandHelp,
  renderTopic,
  wrappedRows,
} from '../../src/output/help-text.ts';
import { sameDocument } from '../helpers/same-document.ts';

test('a flag is written as it is typed', (t) => {
  t.is(flagUsage('namespace', { type: 'string', short: 'n', value: 'NAME', describe: '' }), '-n, --namespace NAME');
  t.is(flagUsage('wait', { type: 'optional', value: 'DURATION', describe: '' }), '    --wait[=DURATION]');
  t.is(flagUsage('probe', { type: 'optional', value: 'WHERE', needsValue: true, describe: '' }), '    --probe=WHERE');
  t.is(flagUsage('yes', { type: 'boolean', short: 'y', describe: '' }), '-y, --yes');
  t.is(flagUsage('v', { type: 'string', short: 'v', value: 'LEVEL', describe: '' }), '-v LEVEL');
});

const command = {
  name: 'open',
  group: 'This plugin',
  usage: 'PORT',
  summary: 'Open a port',
  examples: [{ line: 'kubectl skyports open 80', says: 'One' }],
  operands: [],
  connects: false,
  flags: {
    host: { type: 'string', describe: 'Name', group: 'Ingress' },
    yes: { type: 'boolean', describe: 'A text that is longer than thirty characters' },
  },
} as const;
const contents = { commands: [], topics: [], connectionFlags: {}, generalFlags: {} };

test('the help of a command: usage, examples, flags by heading, wrapped to the terminal', (t) => {
  t.is(
    renderCommandHelp(command, contents, 20),
    `Open a port.

Usage:
  kubectl skyports open PORT [flags]

Examples:
  # One
  kubectl skyports open 80

Flags:
      --yes          A text that is longer than
                     thirty characters

Ingress flags:
      --host VALUE   Name`,
  );
  t.deepEqual(
    flagGroups(command.flags).map(([title]) => title),
    ['Flags', 'Ingress flags'],
  );
});

test('flags that few users need are in the full help only; one line says how many', (t) => {
  const flags = {
    ...command.flags,
    rare: { type: 'boolean', describe: 'Rare', group: 'Ingress', shown: 'all' },
  } as const;
  const own = { ...command, connects: true, flags };
  const all = { ...contents, connectionFlags: { context: { type: 'string', describe: 'Context' } } } as const;
  const usual = renderCommandHelp(own, all, 120);
  t.false(usual.includes('Rare'));
  t.true(
    usual.endsWith(`

"kubectl skyports open --help=all" explains 1 more flag: --rare.
"kubectl skyports options" lists the connection flags of kubectl, such as -n and --context.`),
    usual,
  );
  const full = renderCommandHelp(own, all, 120, 'all');
  t.true(
    full.endsWith(`
      --host VALUE      Name
      --rare            Rare

Connection flags, same as kubectl:
      --context VALUE   Context`),
    full,
  );
});

test('the comment of an example is wrapped, and stays a comment', (t) => {
  const says = 'Open port 80 of the app in the mode that SkyPilot uses';
  const help = renderCommandHelp({ ...command, examples: [{ says, line: 'kubectl skyports open 80' }] }, contents, 40);
  t.true(
    help.includes('\n  # Open port 80 of the app in the mode\n  # that SkyPilot uses\n  kubectl skyports open 80\n'),
    help,
  );
});

test('headings of help are bold, and sentences are not', (t) => {
  const lines = helpLines('Open a port.\n\nUsage:\n  open:\nUse one of "a":\n');
  t.deepEqual(lines, ['Open a port.', '', [{ style: 'strong', text: 'Usage:' }], '  open:', 'Use one of "a":']);
});

test('a row of three columns wraps its last column only', (t) => {
  t.is(wrappedRows('  ✔  +   the check of this port passes', 40), '  ✔  +   the check of this port passes');
  t.is(
    wrappedRows('  ✔  +   the check of this port passes always', 40),
    '  ✔  +   the check of this port passes\n         always',
  );
});

test('of a topic the columns stay and the prose is wrapped', (t) => {
  const topic = { name: 'x', title: 'X', paragraphs: ['  a   b\n  c   d', 'one two three'] };
  t.is(renderTopic(topic, 8), 'X.\n\n  a   b\n  c   d\n\none two\nthree');
});

test("completions are kubectl's lines: value, tab, description, and what the shell may add", (t) => {
  const candidates = [{ value: 'train', describe: 'a\tb' }, { value: 'tree' }, { value: 'other' }];
  t.is(completionLines(candidates, 'tr'), 'train\ta\\u0009b\ntree\n:4\n');
  t.is(completionLines([{ value: 'jsonpath=' }], ''), 'jsonpath=\n:6\n');
  t.is(completionLines([], '', true), ':0\n');
});

test('docs/reference.md is what npm run docs makes', (t) => {
  sameDocument(t, 'docs/reference.md', referenceDocument(), 'run npm run docs');
});
