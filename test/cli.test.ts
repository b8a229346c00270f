import { tmpdir } from 'node:os';
import test from 'ava';
import { allCommands } from '../src/commands/all-commands.ts';
import { configActions } from '../src/commands/config/command.ts';
import { connectionFlags } from '../src/commands/connection/flags.ts';
import { helpTopics } from '../src/commands/help-topics.ts';
import { version } from '../src/version.ts';
import { skyports } from './helpers/run-skyports.ts';

/** No cluster, no kubeconfig: what is shown here needs neither. */
const run = (...args: string[]) => skyports(args, { kubeconfig: '', cwd: tmpdir(), homeDirectory: tmpdir() });

test('--version', async (t) => {
  t.deepEqual(await run('--version'), { code: 0, stdout: `kubectl-skyports v${version}\n`, stderr: '' });
});

test('--help prints the help, with every command in it; without a command and a cluster, it is the answer, too', async (t) => {
  const { code, stdout, stderr } = await run('--help');
  t.deepEqual([code, stderr], [0, '']);
  for (const { name, summary } of allCommands) {
    t.regex(stdout, new RegExp(`^ {2}${name} `, 'm'));
    t.true(stdout.replace(/\s+/g, ' ').includes(summary.split(' ').slice(0, 3).join(' ')), summary);
  }
  for (const args of [[], ['-h'], ['help'], ['--help=all'], ['--help=true']]) {
    const outcome = await run(...args);
    t.deepEqual([outcome.code, outcome.stdout], [0, stdout], args.join(' '));
  }
  const bare = await run();
  t.regex(bare.stderr, /^no port is listed: [^\n]*kubeconfig[^\n]*\n$/);
  t.is((await run('--rewrite', 'keep')).stderr, '', 'a flag of a command: no cluster is read');
});

test('--help takes no other value than all', async (t) => {
  const { code, stdout, stderr } = await run('expose', '--help=ful');
  t.deepEqual([code, stdout], [2, '']);
  t.regex(stderr, /^error: "ful" is not a valid value of --help, which takes all, true, false\n/);
  t.regex((await run('expose', '--help', 'all')).stderr, /expose --help=all\n$/);
  t.regex((await run('completion', 'bash', '--help=false')).stdout, /^# /);
});

/** The flags of expose that its usual help shows. A new flag decides for itself (Flag, `shown`). */
const usualOfExpose = [
  'mode',
  'app',
  'host',
  'path',
  'rewrite',
  'scheme',
  'health-check',
  'source-range',
  'wait',
  'for',
  'dry-run',
  'output',
];

test('expose --help shows the flags that most users need, and where to find the rest', async (t) => {
  const { stdout } = await run('expose', '--help');
  for (const name of usualOfExpose) t.regex(stdout, new RegExp(`^ .*--${name}\\b`, 'm'), name);
  for (const name of ['force-conflicts', 'kubeconfig']) t.notRegex(stdout, new RegExp(`^ .*--${name}\\b`, 'm'), name);
  t.regex(stdout, /"kubectl skyports expose --help=all"\s+explains\s+\d+\s+more\s+flags:\s+--filename,/);
  t.regex(stdout, /"kubectl skyports options" lists the connection flags/);
});

test('config --help describes each subcommand', async (t) => {
  const { stdout } = await run('config', '--help');
  const [, subcommands = ''] = /^Subcommands:\n((?: .*\n)+)/m.exec(stdout) ?? [];
  for (const name of configActions) t.regex(subcommands, new RegExp(`^ {2}${name}\\b`, 'm'), name);
});

test('options lists the connection flags', async (t) => {
  const { code, stdout, stderr } = await run('options');
  t.deepEqual([code, stderr], [0, '']);
  for (const name of Object.keys(connectionFlags).filter((each) => each !== 'v'))
    t.true(stdout.includes(`--${name}`), name);
  t.is((await run('options', 'x')).code, 2);
});

test('doctor comes first among the commands that find faults', (t) => {
  const group = allCommands.filter((command) => command.group === 'Find what is broken, and fix it');
  t.is(group[0]?.name, 'doctor');
});

for (const { name, usage, flags, examples } of allCommands) {
  test(`${name} --help has its usage, flags and examples`, async (t) => {
    const { code, stdout } = await run(name, '--help=all');
    t.is(code, 0);
    const text = stdout.replace(/\s+/g, ' ');
    t.true(text.includes(`${`kubectl skyports ${name} ${usage}`.trim()} [flags]`));
    for (const flag of Object.keys(flags)) t.true(text.includes(`--${flag}`), flag);
    for (const { line } of examples) t.true(text.includes(line.split(' ').slice(0, 4).join(' ')), line);
    t.is((await run('--help=all', name)).stdout, stdout, 'flags before the command word');
    t.is((await run('help', name)).stdout, (await run(name, '-h')).stdout);
  });

  test(`every flag of ${name} is described in its own words`, (t) => {
    const described = Object.values(flags).map(({ describe }) => describe);
    t.is(new Set(described).size, described.length);
    t.true(described.every((text) => text.length > 5 && !text.endsWith('.')));
  });
}

test('no two flags of a command share a letter', (t) => {
  for (const { name, flags } of allCommands) {
    const letters = Object.values(flags).flatMap(({ short }) => short ?? []);
    t.is(new Set(letters).size, letters.length, name);
    t.false(
      letters.some((letter) => ['n', 's', 'v', 'h'].includes(letter)),
      `${name}: a letter of the connection flags`,
    );
  }
});

test('topics are explained; what is not known is answered with the nearest', async (t) => {
  for (const { name, title } of helpTopics) {
    const { code, stdout } = await run('help', name);
    t.is(code, 0);
    t.true(stdout.startsWith(`${title}.\n`));
  }
  const near = await run('help', 'exit-code');
  t.deepEqual([near.code, near.stdout], [2, '']);
  t.is(
    near.stderr,
    'error: no help for "exit-code"\ndid you mean "exit-codes"? try:\n    kubectl skyports help exit-codes\n',
  );
  t.regex((await run('help', 'zzzz')).stderr, /help takes one of endpoints, .*, permissions\n$/);
});

test('help explains one app', async (t) => {
  const { code, stdout } = await run('help', 'apps', 'vllm');
  t.is(code, 0);
  t.regex(stdout, /^vLLM\.\n/);
  t.regex(stdout, /expose SKYCLUSTER 8000 --mode ingress --app vllm\n/);
  t.regex(stdout, /vllm serve MODEL .*--root-path=\/PREFIX\n/);
  t.is((await run('help', 'vllm')).stdout, stdout);
  t.regex((await run('help', 'open-webui')).stdout, /--app open-webui --host '\{port\}-\{cluster\}\.example\.com'\n/);
  t.regex((await run('help', 'apps')).stdout, /^Apps that/);
  const near = await run('help', 'apps', 'jupytr');
  t.is(near.code, 2);
  t.is(near.stderr, 'error: no help for "jupytr"\ndid you mean "jupyter"? try:\n    kubectl skyports help jupyter\n');
});

test('quotes that are part of a value stay', async (t) => {
  for (const value of ["'a'", '"a"', '"', "'", '-n']) {
    const { stderr } = await run('expose', 'train', '80', `--annotation=${value}`);
    t.true(stderr.startsWith(`error: --annotation ${value} is not a valid annotation\n`), stderr);
    t.true((await run('endpoints', '-o', value)).stderr.startsWith(`error: unknown output format "${value}"\n`));
  }
});
