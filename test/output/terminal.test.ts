import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import test from 'ava';
import { createTemporaryFolder } from '../cluster/temporary-folder.ts';
import { ensureProgram } from '../helpers/program.ts';
import { skyports } from '../helpers/run-skyports.ts';
import { sampleDumps } from '../hostile/dumps.ts';
import { flooded } from '../hostile/generated.ts';
import { faultsIn } from '../hostile/invariants.ts';
import { everyControl } from '../hostile/texts.ts';

const samples = sampleDumps();
const main = resolve(import.meta.dirname, '../../src/main.ts');
const folder = createTemporaryFolder();
test.after.always(() => folder.remove());

/** A diagnosis with errors, long messages and suggested commands. */
const dump = join(folder.path, 'dump.json');
writeFileSync(dump, JSON.stringify(samples.find(({ name }) => name === 'two-faults-in-two-clusters')!.dump));

interface Terminal {
  readonly columns: number;
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs the program on a pseudo-terminal (script of util-linux). @returns its output, with plain line feeds */
function onTerminal(args: readonly string[], { columns, env = {} }: Terminal): Promise<string> {
  ensureProgram('script', 'bsdutils');
  const words = [process.execPath, main, ...args].map((word) => `'${word}'`).join(' ');
  const child = spawn('script', ['-qec', `stty cols ${columns} rows 40; exec ${words}`, '/dev/null'], {
    env: { PATH: '/usr/bin:/bin', HOME: folder.path, TERM: 'xterm-256color', LC_ALL: 'C.UTF-8', ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
  });
  return new Promise((done) => child.once('close', () => done(text.replaceAll('\r\n', '\n'))));
}

/** A run without a cluster. */
const nowhere = { kubeconfig: '', cwd: '/', homeDirectory: '/nowhere' } as const;

/** The colours of this plugin: green, yellow, red, bold, faint, and their ends. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: colours are escape sequences
const ownColors = /\u001b\[(?:3[1239]|1|2|22)m/g;
const withoutColors = (text: string) => text.replace(ownColors, '');

const doctor = ['doctor', '-f', dump, '--probe=false'] as const;
/** A command or a URL is never broken, so its line may be longer than the terminal. */
const isWhole = (line: string) => /^ {6}\S/.test(line) || !line.trim().includes(' ');

for (const columns of [80, 100, 200]) {
  test(`doctor fits a terminal of ${columns} columns, in colour`, async (t) => {
    const text = await onTerminal(doctor, { columns });
    t.true(text.includes('\u001b[31m✖\u001b[39m '), text);
    t.true(text.includes('\u001b[1mkubectl '), text);
    const lines = withoutColors(text).split('\n');
    t.deepEqual(
      lines.filter((line) => line.length > columns && !isWhole(line)),
      [],
    );
    t.deepEqual(faultsIn(lines.join('\n')), []);
  });
}

test('NO_COLOR, --color and a locale without UTF-8 count on a terminal', async (t) => {
  const plain = await onTerminal(doctor, { columns: 80, env: { NO_COLOR: '1' } });
  t.is(plain, withoutColors(plain));
  t.true(plain.includes('✖ '));
  const ascii = await onTerminal(doctor, { columns: 80, env: { LC_ALL: 'C' } });
  t.true(ascii.includes('\u001b[31mx\u001b[39m '), ascii);
  t.notRegex(ascii, /[✔✖→…·]/);
  const never = await onTerminal([...doctor, '--color', 'never'], { columns: 80, env: { FORCE_COLOR: '1' } });
  t.is(never, plain);
});

test('help fits the terminal, too', async (t) => {
  for (const args of [['--help'], ['help', 'exit-codes']]) {
    const text = await onTerminal(args, { columns: 80 });
    t.deepEqual(
      text.split('\n').filter((line) => line.length > 80),
      [],
    );
  }
});

test('a value of --color that does not exist is an error', async (t) => {
  const { code, stderr } = await skyports(['doctor', '--color', 'alway'], nowhere);
  t.is(code, 2);
  t.regex(stderr, /"alway" is not a valid value of --color, which takes auto, always, never/);
});

test('no colour and no control character of the cluster reaches a coloured output', async (t) => {
  const escapes = { tries: 'colours of this plugin', text: '\u001b[32mgreen\u001b[39m' };
  for (const [index, sample] of samples.entries()) {
    if (index % 40 !== 0) continue;
    const input = JSON.stringify(flooded(sample, index % 80 ? everyControl : escapes).dump);
    const run = (color: string) =>
      skyports(['doctor', ...sample.args, '-f', '-', '--probe=false', `--color=${color}`], { ...nowhere, input });
    const [plain, colored] = [await run('never'), await run('always')];
    t.deepEqual(faultsIn(plain.stdout + plain.stderr), [], sample.name);
    t.is(withoutColors(colored.stdout), plain.stdout, sample.name);
    t.is(withoutColors(colored.stderr), plain.stderr, sample.name);
  }
});

test('documents for programs have no colours', async (t) => {
  for (const format of ['json', 'yaml']) {
    const { stdout } = await skyports([...doctor, '-o', format, '--color=always'], nowhere);
    t.true(stdout.length > 100);
    t.false(stdout.includes('\u001b'));
  }
});
