import { execFile, spawn } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import test from 'ava';
import { allCommands } from '../../src/commands/all-commands.ts';
import { admin, cluster, kubectl, newNamespace, type User } from '../helpers/cluster.ts';
import { noProbes } from '../helpers/run-skyports.ts';
import { skyLoadBalancer } from '../helpers/skypilot-objects.ts';
import {
  giveAddress,
  make,
  makeIngressNginx,
  powerfulUser,
  untilBackendReady,
  withSkyCluster,
} from '../helpers/world.ts';

const root = resolve(import.meta.dirname, '../..');
const executable = process.env.SKYPORTS_EXECUTABLE ?? join(root, 'dist/kubectl-skyports');
const run = promisify(execFile);

/** A PATH with the built executable, the real kubectl, and what a shell needs. */
function environment(kubeconfig: string): NodeJS.ProcessEnv {
  const folder = join(cluster().temporaryFolder, `path-${process.pid}`);
  mkdirSync(folder, { recursive: true });
  try {
    symlinkSync(executable, join(folder, 'kubectl-skyports'));
  } catch {
    // It is there from another test.
  }
  const path = [folder, dirname(cluster().kubectl), '/usr/bin', '/bin'].join(delimiter);
  return { PATH: path, HOME: cluster().temporaryFolder, KUBECONFIG: kubeconfig, ...noProbes };
}

interface ShellOutcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a line as a user's shell would. */
async function shell(line: string, kubeconfig: string, home?: string): Promise<ShellOutcome> {
  const env = { ...environment(kubeconfig), ...(home && { HOME: home }) };
  const options = { env, cwd: cluster().temporaryFolder };
  return run('/bin/bash', ['-c', line], options).then(
    ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
    ({ code, stdout, stderr }) => ({ code: code ?? 1, stdout, stderr }),
  );
}

/** A namespace in which every example works: `train` with its load balancer, and an ingress-nginx. */
async function exampleWorld(): Promise<{ user: User; namespace: string }> {
  const names = await withSkyCluster(`train`);
  const { namespace, nameOnCloud } = names;
  await makeIngressNginx();
  await make(skyLoadBalancer(names, [8888], { ip: '203.0.113.80' }));
  await untilBackendReady(namespace, `${nameOnCloud}--skypilot-lb`);
  return { user: await powerfulUser(namespace), namespace };
}

/** Gives our load balancer an address as soon as it is there, as its controller would. */
function playController(namespace: string): () => void {
  const timer = setInterval(() => void giveAddress(namespace, 'train-2ea485ef--skyports-lb').catch(() => {}), 100);
  return () => clearInterval(timer);
}

for (const [name, lines] of [
  // The examples of README run in test/documents/examples.test.ts.
  // annotate's write the one Service that all tests share: test/commands/signpost.test.ts runs them. Of forward test/commands/forward.test.ts.
  [
    '--help',
    allCommands
      .filter(({ name }) => !['annotate', 'forward'].includes(name))
      .flatMap(({ examples }) => examples.map(({ line }) => line)),
  ],
] as const) {
  test(`every example of ${name} runs through kubectl`, async (t) => {
    t.true(lines.length > 5);
    const { user, namespace } = await exampleWorld();
    const stop = playController(namespace);
    t.teardown(stop);
    // config writes a file there, which the other tests must not read.
    const home = mkdtempSync(join(cluster().temporaryFolder, 'home-'));
    // What -f task.yaml reads.
    writeFileSync(join(cluster().temporaryFolder, 'task.yaml'), 'resources: {ports: 9300}\n');
    // Those that call addresses whatever the environment says run in test/e2e, which has a network of its own. Those that stay
    // in the foreground have tests of their own: test/commands/expose-for.test.ts, test/commands/open.test.ts,
    // test/commands/endpoints.test.ts. So has --all-contexts: test/commands/all-contexts.test.ts. --health-check needs a
    // cloud: test/documents/first-commands.test.ts.
    const elsewhere = / --probe| --for | -w$| --all-contexts| --health-check |skyports open /;
    for (const example of lines.filter((each) => !elsewhere.test(each))) {
      const line = example.replace('skypilot-user=ME', 'skypilot-user=ada');
      // The examples ask on a terminal where a user has one.
      // In all namespaces, --fix would meet objects that other tests change at the same time.
      const place = line.includes(' --fix') ? ` -n ${namespace}` : '';
      // Nothing here shows what gives Services their addresses.
      const cloud = line.endsWith(' scheme internal') ? ' --platform gke' : '';
      const answered = `${line}${/(?:unexpose train 8888|set-ports ingress|scheme internal)$/.test(line) ? ' -y' : ''}${cloud}${place}`;
      const { code, stdout, stderr } = await shell(answered, user.kubeconfig, home);
      // The doctor may well find something in this world without a controller's Pods; that it ran is what counts here.
      t.true(code === 0 || (code === 3 && line.includes('doctor')), `${line}\n${stderr}`);
      // What is found to be in order is said on stderr.
      if (!/ (?:unexpose|prune|config) /.test(line)) t.not(stdout, '', line);
      t.not(stdout + stderr, '', line);
    }
  });
}

test('kubectl plugin list gives no warning', async (t) => {
  const { code, stdout, stderr } = await shell('kubectl plugin list', cluster().adminKubeconfig);
  t.is(code, 0);
  t.regex(stdout, /kubectl-skyports\n/);
  t.notRegex(stdout + stderr, /warning|error/i);
});

test('flags reach the plugin before and after its command word', async (t) => {
  const { user, namespace } = await exampleWorld();
  const elsewhere = await newNamespace();
  for (const line of [
    `kubectl skyports -n ${namespace} endpoints -ojson`,
    `kubectl skyports endpoints -n${namespace} -o=json`,
    `kubectl skyports --namespace=${namespace} endpoints --output json`,
    `kubectl skyports -n ${elsewhere} endpoints -o json -n ${namespace}`,
  ]) {
    const { code, stdout } = await shell(line, user.kubeconfig);
    t.is(code, 0);
    t.is(JSON.parse(stdout).items.length, 1, line);
  }
});

test('exit codes pass through kubectl', async (t) => {
  const names = await withSkyCluster();
  await make(skyLoadBalancer(names, [8888]));
  const { kubeconfig } = await powerfulUser(names.namespace);
  for (const [line, code] of [
    ['kubectl skyports endpoints', 0],
    ['kubectl skyports endpoints --server https://127.0.0.1:1', 1],
    ['kubectl skyports endpoits', 2],
    ['kubectl skyports endpoints --wait=200ms', 3],
    ['kubectl skyports endpoints --as nobody', 4],
  ] as const) {
    t.is((await shell(line, kubeconfig)).code, code, line);
  }
});

test('a closed pipe ends quietly', async (t) => {
  const { user } = await exampleWorld();
  for (const line of ['kubectl skyports endpoints -o json', 'kubectl skyports --help']) {
    const { code, stderr } = await shell(`set -o pipefail; ${line} | head -1 > /dev/null`, user.kubeconfig);
    t.is(stderr, '', line);
    t.true(code === 0 || code === 141, `${line}: ${code}`);
  }
});

test('Ctrl-C ends a watch', async (t) => {
  const { user } = await exampleWorld();
  const child = spawn(executable, ['endpoints', '--watch'], {
    env: environment(user.kubeconfig),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = new Promise<[number | null, NodeJS.Signals | null]>((resolvePromise) => {
    child.once('exit', (...end) => resolvePromise(end));
  });
  await new Promise((seen) => child.stdout.once('data', seen));
  child.kill('SIGINT');
  t.deepEqual(await ended, [130, null]);
});

test("the executable stands alone: a user's NODE_OPTIONS and the folder it lies in change nothing", async (t) => {
  const folder = join(cluster().temporaryFolder, 'alone');
  mkdirSync(folder, { recursive: true });
  copyFileSync(executable, join(folder, 'kubectl-skyports'));
  const env = { PATH: '/usr/bin', NODE_OPTIONS: '--bogus', HOME: folder };
  const { stdout } = await run(join(folder, 'kubectl-skyports'), ['--version'], { env, cwd: folder });
  t.regex(stdout, /^kubectl-skyports v\d+\.\d+\.\d+\n$/);
});

test("it works with kubectl's own output: what a dry run prints, kubectl applies", async (t) => {
  const { user, namespace } = await exampleWorld();
  const { stdout } = await shell(
    'kubectl skyports expose train 9000 9001 --mode ingress --dry-run=client -o yaml',
    user.kubeconfig,
  );
  const applied = await kubectl(['apply', '-f', '-'], { kubeconfig: user.kubeconfig, input: stdout });
  t.is(applied.code, 0, applied.stderr);
  // One for both ports, and a redirect for each.
  t.is((await admin('GET', `/apis/networking.k8s.io/v1/namespaces/${namespace}/ingresses`)).items.length, 3);
});
