import { execFile, spawn } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import test from 'ava';
import { cluster } from '../helpers/cluster.ts';
import { ensureProgram } from '../helpers/program.ts';
import { skyLoadBalancer } from '../helpers/skypilot-objects.ts';
import { make, powerfulUser, withSkyCluster } from '../helpers/world.ts';

const executable = process.env.SKYPORTS_EXECUTABLE ?? resolve(import.meta.dirname, '../../dist/kubectl-skyports');
const run = promisify(execFile);

interface World {
  readonly folder: string;
  readonly env: Record<string, string>;
  readonly namespace: string;
}

const shells = {
  bash: {
    start: 'bash --norc --noprofile -i',
    setUp: [
      'source <(kubectl-skyports completion bash)',
      'show() { printf "<<%s>>\\n" "$READLINE_LINE"; }',
      `bind -x '"\\C-t": show'`,
    ],
  },
  zsh: {
    start: 'zsh -f -i',
    setUp: [
      'autoload -U compinit && compinit -u',
      'source <(kubectl-skyports completion zsh)',
      'show() { print -r -- "<<$BUFFER>>" }; zle -N show; bindkey "^T" show',
    ],
  },
};

let world: World;
test.before(async () => {
  for (const shell of ['zsh', 'fish', 'script']) ensureProgram(shell, shell === 'script' ? 'bsdutils' : shell);
  const names = await withSkyCluster('train');
  await make(skyLoadBalancer(names, [8888, 6006]));
  const { kubeconfig } = await powerfulUser(names.namespace);
  const folder = join(cluster().temporaryFolder, 'completion');
  mkdirSync(folder);
  symlinkSync(executable, join(folder, 'kubectl-skyports'));
  const PATH = [folder, dirname(cluster().kubectl), '/usr/bin', '/bin'].join(delimiter);
  const env = { PATH, HOME: folder, KUBECONFIG: kubeconfig, TERM: 'dumb', SKYPORTS_COMPLETION_TIMEOUT: '2m' };
  await run('kubectl', ['skyports', 'completion', 'kubectl', '--install'], { env });
  writeFileSync(join(folder, 'some-dump.yaml'), '');
  // In files: what is typed is shown, and must not look like an answer.
  for (const [shell, { setUp }] of Object.entries(shells)) {
    writeFileSync(join(folder, `set-up.${shell}`), `${setUp.join('\n')}\n`);
  }
  world = { folder, env, namespace: names.namespace };
});

/** What kubectl itself offers at the end of a line. */
async function throughKubectl(...words: string[]): Promise<{ lines: string[]; stderr: string }> {
  const { stdout, stderr } = await run('kubectl', ['__complete', ...words], { env: world.env });
  return { lines: stdout.trimEnd().split('\n'), stderr };
}

test('kubectl offers what the shim offers', async (t) => {
  t.deepEqual((await throughKubectl('skyports', 'endpoints', '')).lines, ['train', ':4']);
  t.deepEqual((await throughKubectl('skyports', 'doctor', 'train', '')).lines, ['6006', '8888', ':4']);
  t.deepEqual((await throughKubectl('skyports', 'expose', 'train', '8888', '--mode', 'no')).lines, ['nodeport', ':4']);
  t.deepEqual((await throughKubectl('skyports', 'endpoints', '-n', world.namespace)).lines, [world.namespace, ':4']);
  const commands = (await throughKubectl('skyports', '')).lines;
  t.true(commands.includes('doctor\tFind out why a port cannot be reached, and which command fixes it'));
  t.deepEqual((await throughKubectl('skyports', 'endpoints', '--server', 'https://127.0.0.1:1', '')).lines, [':4']);
});

/** Types into a real shell at a terminal; Ctrl-T prints the line as it stands there. */
async function typedIn(shell: string, setUpFile: string, keys: string): Promise<string> {
  const child = spawn('script', ['-qec', shell, '/dev/null'], { env: world.env, cwd: world.folder });
  let seen = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    seen += text;
  });
  const until = async (pattern: RegExp) => {
    for (let tries = 0; tries < 2400 && !pattern.test(seen); tries++) await new Promise((next) => setTimeout(next, 50));
    return pattern.exec(seen);
  };
  try {
    child.stdin.write(`source ./${setUpFile}; echo rea''dy\n`);
    if (!(await until(/^ready/m))) throw new Error(`${shell} did not start:\n${seen}`);
    child.stdin.write(keys);
    // The shell reads keys while it completes, in their order.
    child.stdin.write('\u0014');
    const line = await until(/<<(.*)>>/);
    if (!line) throw new Error(`${shell} did not show its line:\n${seen}`);
    return line[1]!;
  } finally {
    child.kill('SIGKILL');
  }
}

for (const [name, { start }] of Object.entries(shells)) {
  for (const [keys, line] of [
    ['kubectl-skyports endp\t', 'kubectl-skyports endpoints '],
    ['kubectl-skyports endpoints tr\t', 'kubectl-skyports endpoints train '],
    ['kubectl-skyports doctor train 88\t', 'kubectl-skyports doctor train 8888 '],
    ['kubectl-skyports expose train 80 --mode=nod\t', 'kubectl-skyports expose train 80 --mode=nodeport '],
    ['kubectl-skyports endpoints -o jsonp\t', 'kubectl-skyports endpoints -o jsonpath='],
    ['kubectl-skyports doctor -f ./some\t', 'kubectl-skyports doctor -f ./some-dump.yaml '],
    ['kubectl-skyports endpoints zzz\t', 'kubectl-skyports endpoints zzz'],
  ] as const) {
    test(`${name}: ${keys.trimEnd()}<TAB>`, async (t) => {
      t.is(await typedIn(start, `set-up.${name}`, keys), line);
    });
  }
}

for (const [line, offered] of [
  ['kubectl-skyports endp', 'endpoints'],
  ['kubectl-skyports endpoints tr', 'train'],
  ['kubectl-skyports doctor train 88', '8888'],
  ['kubectl-skyports expose train 80 --mode=nod', '--mode=nodeport'],
  ['kubectl-skyports doctor -f ./some', './some-dump.yaml'],
  ['kubectl-skyports endpoints zzz', ''],
] as const) {
  test(`fish: ${line}<TAB>`, async (t) => {
    const script = `kubectl-skyports completion fish | source; complete -C '${line}'`;
    const { stdout, stderr } = await run('fish', ['--no-config', '-c', script], { env: world.env, cwd: world.folder });
    t.deepEqual([stdout.trimEnd().split('\t')[0], stderr], [offered, '']);
  });
}
