import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import test, { type ExecutionContext } from 'ava';
import { cluster, kubectl, until } from '../helpers/cluster.ts';
import { isRunning } from './process-identity.ts';
import { processesFile, removeAbandonedFolders } from './temporary-folder.ts';

const root = join(import.meta.dirname, '../..');

/** Starts one of our scripts as a person would, with pipes for its streams. */
function start(
  t: ExecutionContext,
  script: string,
  args: readonly string[] = [],
  more: Readonly<Record<string, string>> = {},
) {
  // Any executable will do: nothing here runs it.
  const env = { ...process.env, SKYPORTS_EXECUTABLE: process.execPath, ...more };
  const child = spawn(process.execPath, [join(root, script), ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  t.teardown(() => child.kill('SIGINT'));
  return child;
}

async function firstLine(child: ReturnType<typeof start>): Promise<string> {
  const errors = text(child.stderr);
  for await (const line of createInterface({ input: child.stdout })) return line;
  throw new Error(await errors);
}

async function endOf(child: ChildProcess): Promise<[code: number | null, signal: string | null]> {
  const [code, signal] = await once(child, 'exit');
  return [code, signal];
}

/** A cluster that has etcd and kube-apiserver running, though they are not ready. */
async function starting(t: ExecutionContext, env: Readonly<Record<string, string>>) {
  const runner = start(t, 'scripts/cluster.ts', [], env);
  const errors = text(runner.stderr);
  const servers = await until('the servers were started', async () => {
    if (runner.exitCode !== null) throw new Error(`it ended: ${await errors}`);
    // Another program's folder may bear the same number.
    const files = foldersOf(runner.pid).map((folder) => join(tmpdir(), folder, processesFile));
    const pids = files.filter((file) => existsSync(file)).flatMap((file) => serversIn(dirname(file)));
    return pids.length >= 2 && pids;
  });
  return { runner, servers };
}

const foldersOf = (pid: number | undefined) => readdirSync(tmpdir()).filter((name) => name.includes(`.${pid}.`));
const serversIn = (folder: string) => readFileSync(join(folder, processesFile), 'utf8').trim().split('\n').map(Number);

test('npm run cluster prints one line to paste, and Ctrl-C leaves nothing behind', async (t) => {
  const runner = start(t, 'scripts/cluster.ts');
  const line = await firstLine(runner);
  const kubeconfig = /^export KUBECONFIG=(\/\S+)$/.exec(line)?.[1] ?? '';
  t.is((await kubectl(['get', 'namespaces', '-o', 'name'], { kubeconfig })).code, 0);
  const folder = dirname(kubeconfig);
  const servers = serversIn(folder);
  t.is(servers.length, 3);
  t.true(servers.every(isRunning));

  runner.kill('SIGINT');
  t.deepEqual(await endOf(runner), [130, null]);
  t.false(existsSync(folder));
  await until('its programs are gone', () => !servers.some(isRunning));
});

for (const [how, env] of [
  ['', {}],
  // As on systems other than Linux.
  [' where the kernel does not tie processes', { PATH: '' }],
] as const) {
  test(`SIGTERM while the cluster starts leaves nothing behind${how}`, async (t) => {
    const { runner, servers } = await starting(t, env);
    runner.kill('SIGTERM');
    t.deepEqual(await endOf(runner), [143, null]);
    t.deepEqual(foldersOf(runner.pid), []);
    await until('its programs are gone', () => !servers.some(isRunning));
  });
}

test('where the kernel does not tie processes, the run after SIGKILL ends them', async (t) => {
  const { runner, servers } = await starting(t, { PATH: '' });
  runner.kill('SIGKILL');
  await endOf(runner);
  await removeAbandonedFolders();
  t.deepEqual(foldersOf(runner.pid), []);
  await until('its programs are gone', () => !servers.some(isRunning));
});

test('SIGKILL leaves no process, and the next run removes the folder and leaves those of the living', async (t) => {
  const killed = start(t, 'test/cluster/fixtures/sleep-with-cluster.ts');
  const [pid, descriptionFile = ''] = (await firstLine(killed)).split(' ');
  const folder = dirname(descriptionFile);
  const processes = [Number(pid), ...serversIn(folder)];
  t.true(processes.every(isRunning));

  killed.kill('SIGKILL');
  await endOf(killed);
  if (process.platform === 'linux') {
    await until('all are gone', () => !processes.some(isRunning));
  }

  const next = start(t, 'scripts/test.ts', ['no-such-file.test.ts']);
  const output = text(next.stdout);
  t.deepEqual(await endOf(next), [1, null], 'a failed run has AVA’s exit code');
  t.regex(await output, /no-such-file\.test\.ts/);
  t.false(existsSync(folder), 'the killed run’s');
  t.deepEqual(foldersOf(next.pid), [], 'its own');
  t.true(existsSync(cluster().temporaryFolder), 'that of the run that still lives');
  await until('all are gone', () => !processes.some(isRunning));
});
