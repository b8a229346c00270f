import test from 'ava';
import type { CommandDescription } from '../../src/arguments/command-description.ts';
import { completionAt } from '../../src/arguments/completion.ts';

const base = { group: 'This plugin', summary: '', examples: [], connects: true } as const;
const commands: CommandDescription[] = [
  {
    ...base,
    name: 'expose',
    usage: 'SKYCLUSTER PORT...',
    operands: ['sky-cluster', 'port'],
    flags: {
      mode: { type: 'string', describe: '', choices: ['ingress', 'podip'] },
      wait: { type: 'optional', describe: '' },
      force: { type: 'boolean', short: 'f', describe: '' },
      output: { type: 'string', short: 'o', describe: '', choices: ['json'] },
      host: { type: 'string', describe: '' },
    },
  },
  { ...base, name: 'annotate', usage: '[ADDRESS]', operands: [], flags: {} },
  { ...base, name: 'config', usage: 'get|set MODE', operands: [['get', 'set'], { set: ['ingress'] }], flags: {} },
  { ...base, name: 'completion', usage: 'bash', operands: [['bash']], flags: {}, connects: false },
];
const cliSpec = {
  commands,
  connectionFlags: { namespace: { type: 'string', short: 'n', describe: '', completes: 'namespace' } },
  generalFlags: { help: { type: 'boolean', short: 'h', describe: '' } },
} as const;

/** `expose tr|`: the word at the end is at the cursor. */
function at(line: string): unknown {
  const words = line.split(' ');
  const found = completionAt(words.slice(0, -1), words.at(-1)!, cliSpec);
  if (found?.of === 'flag') return `flags of ${found.command?.name ?? 'all'}`;
  return found?.of === 'value' ? { what: found.what, typed: found.typed } : found?.of;
}

for (const [line, expected] of [
  ['', 'command'],
  ['ex', 'command'],
  ['help ', 'help'],
  ['help topic ', 'help'],
  ['-n ml ', 'command'],
  ['expose ', { what: 'sky-cluster', typed: '' }],
  ['expose tr', { what: 'sky-cluster', typed: 'tr' }],
  ['expose train ', { what: 'port', typed: '' }],
  ['expose train 80 90', { what: 'port', typed: '90' }],
  ['expose --force train 8', { what: 'port', typed: '8' }],
  ['expose --wait train 8', { what: 'port', typed: '8' }],
  ['-n ml expose tr', { what: 'sky-cluster', typed: 'tr' }],
  ['-n ', undefined],
  ['expose -n m', { what: 'namespace', typed: 'm' }],
  ['expose -n=m', { what: 'namespace', typed: 'm' }],
  ['expose --namespace=', { what: 'namespace', typed: '' }],
  ['expose --mode ', { what: ['ingress', 'podip'], typed: '' }],
  ['expose --mode=in', { what: ['ingress', 'podip'], typed: 'in' }],
  ['expose -fo ', { what: ['json'], typed: '' }],
  ['expose --host ', undefined],
  ['expose --force=', undefined],
  ['expose --', 'flags of expose'],
  ['expose train -', 'flags of expose'],
  ['--', 'flags of all'],
  ['expose -- --', { what: 'sky-cluster', typed: '--' }],
  ['annotate ', undefined],
  ['completion ', { what: ['bash'], typed: '' }],
  ['completion bash ', undefined],
  ['config ', { what: ['get', 'set'], typed: '' }],
  ['config set in', { what: ['ingress'], typed: 'in' }],
  ['config get ', undefined],
  ['config constructor ', undefined],
  ['nonsense ', undefined],
  ['expose --nonsense tr', undefined],
] as const) {
  test(`"${line}"`, (t) => t.deepEqual(at(line), expected));
}

test('words and flags before the cursor are known', (t) => {
  const found = completionAt(['expose', '--namespace', 'ml', 'train', '--mode=podip'], '', cliSpec);
  t.deepEqual(found?.of === 'value' && [found.operands, Object.fromEntries(found.flags)], [
    ['train'],
    { namespace: 'ml', mode: 'podip' },
  ]);
});
