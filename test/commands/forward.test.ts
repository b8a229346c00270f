import { spawn } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { forwardCommand } from '../../src/commands/forward/command.ts';
import { cluster } from '../helpers/cluster.ts';
import { skyports } from '../helpers/run-skyports.ts';
import { skyLoadBalancer, skyPod } from '../helpers/skypilot-objects.ts';
import { make, withSkyCluster } from '../helpers/world.ts';

const kubectl = { env: { KUBECTL_PATH: cluster().kubectl } };

test('the head Pod is found, and kubectl gets the rest', async (t) => {
  const { namespace, nameOnCloud } = await withSkyCluster('train');
  const forward = (...args: string[]) => skyports(['forward', 'train', ...args, '-n', namespace], kubectl);
  const { code, stdout } = await forward('8888', '8080:80', ':9000');
  t.is(code, 0);
  t.is(
    stdout,
    `${cluster().kubectl} port-forward pod/${nameOnCloud}-head 8888 8080:80 :9000 --namespace=${namespace}\n`,
  );
  const more = await forward(
    '8888',
    '--address',
    'localhost,10.0.0.1',
    '--pod-running-timeout=5s',
    '--request-timeout=9s',
    '-v=6',
  );
  t.true(
    more.stdout.endsWith(
      ` 8888 --namespace=${namespace} --request-timeout=9s -v=6 --address=localhost,10.0.0.1 --pod-running-timeout=5s\n`,
    ),
    more.stdout,
  );
});

test('the flags by which a cluster and a user are chosen go along', async (t) => {
  const { namespace } = await withSkyCluster('train');
  const { adminKubeconfig } = cluster();
  const { stdout } = await skyports(
    [
      'forward',
      'train',
      '8888',
      '-n',
      namespace,
      '--kubeconfig',
      adminKubeconfig,
      '--context=skyports-test',
      '--as=system:admin',
      '--as-group=system:masters',
      '--as-group=b',
    ],
    kubectl,
  );
  t.regex(
    stdout,
    / --context=skyports-test --kubeconfig=\S+ --as=system:admin --as-group=system:masters --as-group=b\n$/,
  );
});

test('a Service port that leads elsewhere is followed, and said', async (t) => {
  const names = await withSkyCluster('train');
  const service = skyLoadBalancer(names, [80, 9000]);
  service.spec!.ports![0]!.targetPort = 7860;
  await make(service);
  const { stdout, stderr } = await skyports(['forward', 'train', '80', '9000', '-n', names.namespace], kubectl);
  t.regex(stdout, / 80:7860 9000 /);
  t.is(stderr, 'Service port 80 leads to port 7860 of the Pod, which is forwarded\n');
});

test('of a head that does not run it says why', async (t) => {
  const names = await withSkyCluster('train');
  const crashed = { ...names, displayName: 'down', nameOnCloud: 'down-2ea485ef' };
  await make(skyPod(crashed, { phase: 'Pending' }));
  const { code, stderr, stdout } = await skyports(['forward', 'down', '8888', '-n', names.namespace], kubectl);
  t.is(code, 1);
  t.is(stdout, '');
  t.regex(
    stderr,
    /^error: Pod down-2ea485ef-head, the head of down, is Pending.*\nthis says what is wrong and how to fix it:\n {4}kubectl skyports doctor down -n \S+\n$/,
  );
});

for (const [words, message] of [
  [[], /forward needs a SKYCLUSTER and at least one PORT/],
  [['train'], /forward needs at least one PORT of train\n.*\n {4}kubectl skyports forward train PORT\n$/],
  [['8888', 'train'], /8888 is a port\ntry:\n {4}kubectl skyports forward train 8888\n$/],
  [['train', 'http'], /"http" is not a valid port/],
  [['train', '0'], /"0" is not a valid port/],
  [['train', '70000:80'], /"70000:80" is not a valid port/],
  [['train', '80:'], /"80:" is not a valid port/],
] as const) {
  test(`forward ${words.join(' ')} makes no sense`, async (t) => {
    const { code, stderr } = await skyports(['forward', ...words], kubectl);
    t.is(code, 2);
    t.regex(stderr, message);
  });
}

test('kubectl is the one that called, else the first in PATH, else missing', async (t) => {
  const { namespace } = await withSkyCluster('train');
  const folder = mkdtempSync(join(tmpdir(), 'skyports-forward-'));
  t.teardown(() => rmSync(folder, { recursive: true }));
  mkdirSync(join(folder, 'kubectl'));
  mkdirSync(join(folder, 'bin'));
  writeFileSync(join(folder, 'bin/kubectl'), '');
  chmodSync(join(folder, 'bin/kubectl'), 0o755);
  const forward = (env: Record<string, string>) => skyports(['forward', 'train', '8888', '-n', namespace], { env });
  const PATH = `${folder}:${folder}/bin`;
  t.true((await forward({ PATH })).stdout.startsWith(`${folder}/bin/kubectl port-forward `));
  t.true(
    (await forward({ PATH, KUBECTL_PATH: '/nowhere/kubectl' })).stdout.startsWith(
      `${folder}/bin/kubectl port-forward `,
    ),
  );
  const { code, stderr } = await forward({ PATH: folder, KUBECTL_PATH: '/nowhere/kubectl' });
  t.is(code, 1);
  t.regex(stderr, /^error: kubectl is needed for this, and KUBECTL_PATH names \/nowhere\/kubectl.*\n.*KUBECTL_PATH/s);
});

test('the executable becomes kubectl: its output, its exit code, its Ctrl-C', async (t) => {
  const { namespace } = await withSkyCluster('train');
  const folder = mkdtempSync(join(tmpdir(), 'skyports-forward-'));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const kubectlFile = join(folder, 'kubectl');
  const script = (lines: string) => {
    writeFileSync(kubectlFile, `#!/bin/sh\n${lines}\n`);
    chmodSync(kubectlFile, 0o755);
  };
  const start = () =>
    spawn(process.env.SKYPORTS_EXECUTABLE!, ['forward', 'train', '8888', '-n', namespace], {
      env: { PATH: process.env.PATH, HOME: folder, KUBECONFIG: cluster().adminKubeconfig, KUBECTL_PATH: kubectlFile },
    });
  const ended = (child: ReturnType<typeof start>) =>
    new Promise<{ code: number | null; signal: string | null; output: string }>((resolve) => {
      let output = '';
      child.stdout.on('data', (text) => {
        output += text;
      });
      child.stderr.on('data', (text) => {
        output += text;
      });
      child.once('close', (code, signal) => resolve({ code, signal, output }));
    });
  script('echo "got $1 $3"; exit 7');
  t.deepEqual(await ended(start()), { code: 7, signal: null, output: 'got port-forward 8888\n' });
  script('trap "echo interrupted; exit 130" INT; echo ready; while :; do sleep 0.1; done');
  const child = start();
  child.stdout.once('data', () => child.kill('SIGINT'));
  t.deepEqual(await ended(child), { code: 130, signal: null, output: 'ready\ninterrupted\n' });
});

test('every example of --help becomes a call of kubectl', async (t) => {
  const { namespace } = await withSkyCluster('train');
  for (const { line } of forwardCommand.examples) {
    const { code, stdout, stderr } = await skyports([...line.split(' ').slice(2), '-n', namespace], kubectl);
    t.is(code, 0, `${line}\n${stderr}`);
    t.regex(stdout, / port-forward pod\/\S+-head \d/, line);
  }
});
