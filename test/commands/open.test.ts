import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { bundledProgram } from '../helpers/bundled-program.ts';
import { admin, cluster, newUser, until } from '../helpers/cluster.ts';
import { skyports, startSkyports } from '../helpers/run-skyports.ts';
import { skyLoadBalancer, skyPod } from '../helpers/skypilot-objects.ts';
import { make, untilBackendReady, withSkyCluster } from '../helpers/world.ts';

/** A machine with a browser and a kubectl that only write down how they were called. */
function machine(t: ExecutionContext) {
  const folder = mkdtempSync(join(cluster().temporaryFolder, 'open-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  mkdirSync(join(folder, 'bin'));
  const program = (name: string, lines: string) => {
    writeFileSync(join(folder, 'bin', name), `#!/bin/sh\n${lines}\n`);
    chmodSync(join(folder, 'bin', name), 0o755);
  };
  const file = (name: string) => join(folder, name);
  program('xdg-open', `echo "$1" >> ${file('opened')}`);
  program(
    'kubectl',
    `echo "$$ $*" >> ${file('forwarded')}
trap 'exit 0' TERM INT
echo "Forwarding from 127.0.0.1:1 -> 2"
while [ ! -e ${file('drop')} ]; do [ -d ${folder} ] || exit 0; sleep 0.1; done
rm ${file('drop')}
echo "error: lost connection to pod" >&2
exit 1`,
  );
  const read = (name: string) => (existsSync(file(name)) ? readFileSync(file(name), 'utf8') : '');
  return {
    env: { PATH: `${join(folder, 'bin')}:/usr/bin:/bin`, KUBECTL_PATH: join(folder, 'bin/kubectl') },
    program,
    /** The connection of the forward that runs is lost. */
    drop: () => writeFileSync(file('drop'), ''),
    opened: () => read('opened'),
    /** The command lines of kubectl, with their process ids. */
    forwarded: () => read('forwarded').split('\n').filter(Boolean),
  };
}

type Machine = ReturnType<typeof machine>;

/** The program, for which time passes slowly: neither a call of this machine nor a browser is late. */
const slowProgram = () => bundledProgram('test/helpers/slow-clock.ts');

function start(
  t: ExecutionContext,
  { env }: Machine,
  args: readonly string[],
  [file, ...before]: readonly [string, ...string[]] = [process.env.SKYPORTS_EXECUTABLE!],
) {
  let stdout = '';
  let stderr = '';
  const child: ChildProcess = spawn(file, [...before, ...args], {
    env: { HOME: '/nonexistent', KUBECONFIG: cluster().adminKubeconfig, SKYPORTS_PROBE: 'false', ...env },
  });
  child.stdout!.on('data', (text) => {
    stdout += text;
  });
  child.stderr!.on('data', (text) => {
    stderr += text;
  });
  const ended = new Promise<number | null>((resolve) => {
    child.once('close', resolve);
  });
  t.teardown(() => child.kill('SIGKILL'));
  /** The exit code of a call that must not forward. @throws Error if it does */
  const opened = async () => {
    await until('it ends or forwards', () => child.exitCode !== null || stderr.includes('is forwarded'));
    if (stderr.includes('is forwarded')) throw new Error(stderr);
    return ended;
  };
  return { child, ended, opened, stdout: () => stdout, stderr: () => stderr };
}

const isAlive = (line: string | undefined): boolean => {
  try {
    return process.kill(Number(line?.split(' ')[0]), 0);
  } catch {
    return false;
  }
};

/** A SkyPilot cluster whose load balancer leads to a server on this machine. */
async function answering(t: ExecutionContext, server: Server) {
  t.teardown(() => server.close());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const names = await withSkyCluster();
  await make(skyLoadBalancer(names, [port], { ip: '127.0.0.1' }));
  await untilBackendReady(names.namespace, `${names.nameOnCloud}--skypilot-lb`);
  return { namespace: names.namespace, port };
}

const calls = { SKYPORTS_PROBE: 'true' };

test.serial('an endpoint that answers is opened, or its URL is printed; nothing is forwarded', async (t) => {
  const { namespace, port } = await answering(
    t,
    createServer((_, response) => response.end('hello')),
  );
  const on = machine(t);
  const running = start(
    t,
    { ...on, env: { ...on.env, ...calls } },
    ['open', 'train', '-n', namespace],
    await slowProgram(),
  );
  t.is(await running.opened(), 0, running.stderr());
  t.is(running.stdout(), '');
  t.regex(running.stderr(), new RegExp(`http://127\\.0\\.0\\.1:${port} answers\\n$`));
  t.is(on.opened(), `http://127.0.0.1:${port}\n`);
  const printed = await skyports(['open', 'train', '--print', '-n', namespace], { env: { ...on.env, ...calls } });
  t.is(printed.code, 0);
  t.is(printed.stdout, `http://127.0.0.1:${port}\n`);
  t.deepEqual(on.forwarded(), []);
});

test('without calls, the port is forwarded until Ctrl-C, and kubectl ends too', async (t) => {
  const { namespace, nameOnCloud } = await withSkyCluster();
  const on = machine(t);
  const running = start(t, on, ['open', 'train', '8888', '--print', '--probe=false', '-n', namespace]);
  await until('the URL is printed', async () => running.stdout().endsWith('\n'));
  const [, local] = /^http:\/\/localhost:(\d+)\/\n$/.exec(running.stdout()) ?? [];
  t.truthy(local, running.stdout());
  const [line, ...more] = on.forwarded();
  t.deepEqual(more, []);
  t.regex(line!, new RegExp(`^\\d+ port-forward pod/${nameOnCloud}-head ${local}:8888 --namespace=${namespace}$`));
  t.regex(running.stderr(), /port 8888 is not open, so it is forwarded\nport \d+ of this machine leads to port 8888/);
  t.is(on.opened(), '');
  running.child.kill('SIGINT');
  t.is(await running.ended, 130);
  t.false(isAlive(line));
});

for (const [signal, exitCode] of [
  ['SIGTERM', 143],
  ['SIGHUP', 129],
] as const) {
  test(`${signal} ends the forward and kubectl`, async (t) => {
    const { namespace } = await withSkyCluster();
    const on = machine(t);
    const running = start(t, on, ['open', 'train', '8888', '-n', namespace, '-v=9']);
    await until('the browser is opened', async () => on.opened() !== '');
    t.regex(on.opened(), /^http:\/\/localhost:\d+\/\n$/);
    running.child.kill(signal);
    t.is(await running.ended, exitCode);
    t.false(isAlive(on.forwarded()[0]));
    t.regex(on.forwarded()[0]!, / -v=6$/, 'with more, kubectl logs what it forwards');
  });
}

test('kubectl ends too if the process is killed, also a kubectl that ignores SIGTERM', async (t) => {
  const { namespace } = await withSkyCluster();
  for (const ignored of ['', "trap '' TERM INT HUP;"]) {
    const on = machine(t);
    const forward = `echo "$$ $*" >> "$(dirname "$0")/../forwarded"; echo "Forwarding from 127.0.0.1:1 -> 2"`;
    on.program('kubectl', `${ignored} ${forward}; while :; do sleep 0.1; done`);
    const running = start(t, on, ['open', 'train', '8888', '-n', namespace]);
    await until('the browser is opened', async () => on.opened() !== '');
    const [line] = on.forwarded();
    t.true(isAlive(line));
    running.child.kill('SIGKILL');
    await until('kubectl has ended', async () => !isAlive(line));
  }
});

test('kubectl is started again when the connection is lost, and when the head Pod is replaced', async (t) => {
  const names = await withSkyCluster();
  const { namespace, nameOnCloud } = names;
  const on = machine(t);
  const running = start(t, on, ['open', 'train', '8888', '-n', namespace]);
  await until('it forwards', async () => on.opened() !== '');
  on.drop();
  await until('it forwards again', async () => on.forwarded().length === 2);
  await admin('DELETE', `/api/v1/namespaces/${namespace}/pods/${nameOnCloud}-head?gracePeriodSeconds=0`);
  await until('it waits', async () => running.stderr().includes('has no head Pod: waiting'));
  await make(skyPod(names));
  await until('it forwards to the new Pod', async () => on.forwarded().length === 3);
  const [first, second, third] = on.forwarded();
  const args = (line?: string) => line?.replace(/^\d+ /, '');
  t.is(args(second), args(first), 'the same local port');
  t.is(args(third), args(first));
  t.false(isAlive(second));
  t.regex(running.stderr(), /the connection to Pod \S+-head was lost: connecting again\n/);
  t.regex(running.stderr(), /Pod \S+-head is gone: connecting again\n/);
  t.is(on.opened().split('\n').length, 2, 'the browser was opened once');
  running.child.kill('SIGINT');
  t.is(await running.ended, 130);
});

test('of a kubectl that does not forward it says why', async (t) => {
  const { namespace } = await withSkyCluster();
  const on = machine(t);
  on.program('kubectl', 'echo "error: pods is forbidden" >&2; exit 1');
  const running = start(t, on, ['open', 'train', '8888', '-n', namespace]);
  t.is(await running.ended, 1);
  t.regex(
    running.stderr(),
    /error: kubectl port-forward ended: pods is forbidden\n.*\n {4}kubectl skyports doctor train/s,
  );
  t.is(on.opened(), '');
});

test.serial('without a browser the URL is printed, and it goes on', async (t) => {
  const { namespace, port } = await answering(
    t,
    createServer((_, response) => response.end('hello')),
  );
  const on = machine(t);
  on.program('xdg-open', 'exit 3');
  const running = start(
    t,
    { ...on, env: { ...on.env, ...calls } },
    ['open', 'train', '-n', namespace],
    await slowProgram(),
  );
  t.is(await running.opened(), 0);
  t.is(running.stdout(), `http://127.0.0.1:${port}\n`);
  t.regex(running.stderr(), /no browser could be opened: xdg-open: exit code 3; open this URL yourself:\n$/);
  const none = { ...on, env: { ...on.env, ...calls, BROWSER: '/nowhere/browser' } };
  const other = start(t, none, ['open', 'train', '-n', namespace], await slowProgram());
  t.is(await other.opened(), 0);
  t.is(other.stdout(), `http://127.0.0.1:${port}\n`);
  t.regex(other.stderr(), /no browser could be opened: \/nowhere\/browser: /);
});

test('who may not run commands in Pods gets the URL without the token, and a warning', async (t) => {
  const { namespace, port } = await answering(
    t,
    createServer((_, response) => response.end('hello')),
  );
  const user = await newUser(namespace, {
    rules: [
      {
        apiGroups: ['', 'networking.k8s.io', 'discovery.k8s.io'],
        resources: ['pods', 'services', 'ingresses', 'endpointslices'],
        verbs: ['get', 'list', 'watch'],
      },
    ],
  });
  const { code, stdout, stderr } = await skyports(['open', 'train', '--print', '-n', namespace], {
    ...user,
    env: calls,
  });
  t.is(code, 0, stderr);
  t.is(stdout, `http://127.0.0.1:${port}\n`);
  t.regex(stderr, /warning: the app's token was not read: commands in the Pod are forbidden \(create pods\/exec\)\n/);
});

test('without PORT: the only one, else it asks on a terminal, else it lists them', async (t) => {
  const names = await withSkyCluster();
  const { namespace, nameOnCloud } = names;
  const on = machine(t);
  const { env } = on;
  const none = await skyports(['open', 'train', '-n', namespace], { env });
  t.is(none.code, 2);
  t.regex(none.stderr, /no port of train is open or declared\n.*\n {4}kubectl skyports open train PORT -n \S+\n$/);
  await make(skyLoadBalancer(names, [8888, 6006], { ip: '203.0.113.80' }));
  const several = await skyports(['open', 'train', '-n', namespace], { env });
  t.is(several.code, 2);
  t.regex(
    several.stderr,
    /^error: train has several ports: 6006 and 8888\ntry:\n {4}kubectl skyports open train 6006 -n \S+\ntry:\n {4}kubectl skyports open train 8888 -n \S+\n$/,
  );
  t.is((await skyports(['open', 'train', '-n', namespace], { env, answer: '1' })).code, 2);
  t.deepEqual(on.forwarded(), []);
  const running = startSkyports(['open', 'train', '--print', '-n', namespace], { env, answer: ' 6006 ' });
  await until('it forwards', async () => running.stdout() !== '');
  running.interrupt();
  const { code, stderr } = await running.outcome;
  t.is(code, 130);
  t.regex(stderr, /Which port of train: 6006, 8888\? /);
  t.regex(on.forwarded()[0]!, new RegExp(`pod/${nameOnCloud}-head \\d+:6006 `));
});

for (const [words, message] of [
  [[], /open needs a SKYCLUSTER\n.*\n {4}kubectl skyports open SKYCLUSTER\n/],
  [['8888'], /8888 is a port\n.*try:\n/],
  [['8888', 'train'], /8888 is a port\ntry:\n {4}kubectl skyports open train 8888\n$/],
  [['train', '8888', '9000'], /open takes one PORT, and there are 2\ntry:\n {4}kubectl skyports open train 8888\n$/],
  [['train', '0'], /"0" is not a valid port/],
  [['train', '80:8080'], /"80:8080" is not a valid port/],
  [['train', 'http'], /"http" is not a valid port/],
  [['train', '--probe=pod'], /--probe=pod: unknown/],
] as const) {
  test(`open ${words.join(' ')} makes no sense`, async (t) => {
    const { code, stderr } = await skyports(['open', ...words], { mayProbe: true });
    t.is(code, 2);
    t.regex(stderr, message);
  });
}
