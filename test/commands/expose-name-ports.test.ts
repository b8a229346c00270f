import { mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import test from 'ava';
import { startDelayingProxy } from '../faults/delaying-proxy.ts';
import { admin, cluster, type Json, newUser, requestsOf } from '../helpers/cluster.ts';
import { type RunOptions, skyports } from '../helpers/run-skyports.ts';
import { type SkyPilotNames, skyLoadBalancer, skyNames, skyPod } from '../helpers/skypilot-objects.ts';
import { make, powerfulUser, withSkyCluster } from '../helpers/world.ts';

/** A SkyPilot cluster whose container declares ports, in a namespace with one that declares none. */
async function declaring(ports: readonly number[], name = 'web') {
  const { namespace } = await withSkyCluster();
  const names = skyNames(namespace, name);
  await make(podWith(names, ports));
  const call = (args: readonly string[], options?: RunOptions) =>
    skyports(['expose', name, '-n', namespace, '--wait=0', ...args], options);
  return { names, namespace, call, opened: () => openPorts(names) };
}

function podWith(names: SkyPilotNames, ports: readonly number[]) {
  const pod = skyPod(names);
  const [container, ...others] = pod.spec!.containers;
  const declared = ports.map((containerPort) => ({ containerPort }));
  return { ...pod, spec: { ...pod.spec, containers: [{ ...container!, ports: declared }, ...others] } };
}

/** The ports of the Service that `expose` creates; empty if there is none. */
async function openPorts({ namespace, nameOnCloud }: SkyPilotNames): Promise<number[]> {
  const { items } = await admin('GET', `/api/v1/namespaces/${namespace}/services`);
  const ours = items.filter(({ metadata }: Json) => metadata.name === `${nameOnCloud}--skyports-lb`);
  return ours.flatMap(({ spec }: Json) => spec.ports.map(({ port }: Json) => port));
}

/** Writes a task file and returns its path. */
function taskFile(text: string): string {
  const file = join(mkdtempSync(join(cluster().temporaryFolder, 'task-')), 'task.yaml');
  writeFileSync(file, text);
  return file;
}

const commandsIn = (stderr: string) => stderr.split('\n').filter((line) => line.startsWith('    kubectl'));

test('one declared port: asked for on a terminal, opened on yes alone', async (t) => {
  const { call, opened } = await declaring([22, 8888]);
  for (const answer of ['', 'n', '8889']) {
    const no = await call([], { answer });
    t.is(no.code, 1, answer);
    t.is(no.stderr, '8888   a container declares it\nOpen port 8888? [y/N] nothing was opened\n');
  }
  t.deepEqual(await opened(), []);
  const yes = await call([], { answer: 'y' });
  t.is(yes.code, 0, yes.stderr);
  t.deepEqual(await opened(), [8888]);
});

test('the question also comes if the API server is slow', async (t) => {
  const { call, namespace } = await declaring([8888]);
  // Longer than the 3 s after which expose once gave up.
  const hold = ({ path }: { readonly path: string }) => (path.includes('/pods?') ? delay(3100) : undefined);
  const proxy = await startDelayingProxy({ delayMs: 0, namespace, hold });
  t.teardown(() => proxy.close());
  const { stderr } = await call([], { kubeconfig: proxy.kubeconfig, answer: 'n' });
  t.is(stderr, '8888   a container declares it\nOpen port 8888? [y/N] nothing was opened\n');
});

test('several: the ports are typed, in every syntax, or all', async (t) => {
  const { call, names, opened } = await declaring([9001, 8888, 9000, 9002, 46590, 6006]);
  await make(skyLoadBalancer(names, [6006], { ip: '203.0.113.80' }));
  const asked = [
    '6006        a container declares it; open already: http://203.0.113.80:6006',
    '8888        a container declares it',
    '9000-9002   a container declares it',
    'Which ports should be opened? Type ports, or all: ',
  ];
  const none = await call([], { answer: '' });
  t.is(none.stderr, `${asked.join('\n')}nothing was opened\n`);
  t.is(none.code, 1);
  const wrong = await call([], { answer: 'yes' });
  t.is(wrong.code, 2);
  t.regex(wrong.stderr, /"yes" is not a valid port/);
  const reserved = await call([], { answer: '8265' });
  t.is(reserved.code, 2);
  t.regex(reserved.stderr, /port 8265 is Ray's dashboard/);
  t.deepEqual(await opened(), []);
  t.is((await call([], { answer: '80:8888, 9000-9001' })).code, 0);
  t.deepEqual(await opened(), [80, 9000, 9001]);
  const rest = await call([], { answer: 'y' });
  t.regex(rest.stderr, /^8888 +a container declares it; open already: <pending>$/m);
  t.regex(rest.stderr, /^Open port 9002\? \[y\/N\] /m);
  t.deepEqual(await opened(), [80, 9000, 9001, 9002]);
});

test('all: the ports that are offered, also if they are one range', async (t) => {
  const { call, opened } = await declaring([9000, 9001, 22]);
  t.is((await call([], { answer: 'ALL' })).code, 0);
  t.deepEqual(await opened(), [9000, 9001]);
});

test('without a terminal: the list, and a command for each port, with the flags', async (t) => {
  const { call, names, namespace, opened } = await declaring([8888, 6006, 9000, 9001, 22]);
  await make(skyLoadBalancer(names, [6006]));
  const { code, stdout, stderr } = await call(['--mode', 'nodeport', '--dry-run=client']);
  t.is(code, 2);
  t.is(stdout, '');
  t.regex(
    stderr,
    /^error: expose needs at least one PORT of web; its containers declare 6006 \(open already\), 8888, 9000-9001\n/,
  );
  t.deepEqual(
    commandsIn(stderr),
    ['8888', '9000-9001'].map(
      (port) => `    kubectl skyports expose web ${port} -n ${namespace} --wait=0 --mode=nodeport --dry-run=client`,
    ),
  );
  t.deepEqual(await opened(), []);
});

test('all of them open: said, with where to see the URLs, and no question', async (t) => {
  const { call, names, namespace } = await declaring([8888]);
  await make(skyLoadBalancer(names, [8888]));
  for (const options of [{}, { answer: 'y' }]) {
    const { code, stderr } = await call([], options);
    t.is(code, 2);
    t.regex(stderr, /one PORT of web; its containers declare 8888 \(open already\)\n/);
    t.true(commandsIn(stderr).includes(`    kubectl skyports endpoints web -n ${namespace}`), stderr);
  }
});

test('a Service for callers inside the Kubernetes cluster does not open a port', async (t) => {
  const { call, names } = await declaring([8888]);
  const { namespace, nameOnCloud } = names;
  const spec = { selector: { component: `${nameOnCloud}-head` }, ports: [{ port: 8888 }] };
  await make({ apiVersion: 'v1', kind: 'Service', metadata: { name: 'inner', namespace }, spec });
  t.regex((await call([])).stderr, /its containers declare 8888\n/);
});

test('a SkyServe controller proposes nothing, and it is said why', async (t) => {
  const { namespace } = await withSkyCluster();
  const names = {
    ...skyNames(namespace, 'sky-serve-controller-2ea485ef'),
    nameOnCloud: 'sky-serve-controller-2ea485ef',
  };
  await make(podWith(names, [30001, 8888]));
  const { code, stderr } = await skyports(['expose', names.nameOnCloud, '-n', namespace], { answer: 'y' });
  t.is(code, 2);
  t.regex(stderr, /; it is a SkyServe controller, and SkyPilot opens its ports 30001-30020 itself\n/);
  t.notRegex(stderr, /Open port|declare/);
});

test('an invalid flag is refused before the question', async (t) => {
  const { call } = await declaring([8888]);
  for (const [flags, says] of [
    [['--mode', 'nonsense'], /mode "?nonsense/],
    [['--scheme', 'nonsense'], /nonsense/],
    [['--app', 'nonsense'], /nonsense/],
    [['--mode', 'nodeport', '--host', 'a.example.com'], /--host belongs to ingress mode/],
  ] as const) {
    const { code, stderr } = await call(flags, { answer: 'y' });
    t.is(code, 2);
    t.regex(stderr, says);
    t.notRegex(stderr, /Open port/);
  }
});

test('-f: the ports of the task are opened without a question, in one round', async (t) => {
  const { namespace } = await withSkyCluster();
  const user = await powerfulUser(namespace);
  const file = taskFile('name: web\nresources:\n  cpus: 2+\n  ports: [8888, "9000-9001"]\nrun: python app.py\n');
  const { code, stderr } = await skyports(['expose', 'train', '-f', file, '--wait=0'], user);
  t.is(code, 0, stderr);
  t.true(stderr.startsWith(`${file} has ports 8888, 9000-9001\nmode loadbalancer`), stderr);
  t.deepEqual(await openPorts(skyNames(namespace, 'train')), [8888, 9000, 9001]);
  const requests = await requestsOf(user.name);
  t.is(requests.filter(({ verb, resource }) => verb === 'list' && resource === 'ingresses').length, 1);
});

test('-f -: standard input; the file is named in errors, and nothing is asked', async (t) => {
  const { namespace } = await withSkyCluster();
  const args = ['expose', 'train', '-f', '-', '-n', namespace, '--wait=0'];
  const opened = await skyports(args, { input: 'resources: {ports: 8888}' });
  t.is(opened.code, 0, opened.stderr);
  t.regex(opened.stderr, /^standard input has port 8888\n/);
  t.deepEqual(await openPorts(skyNames(namespace, 'train')), [8888]);
  const inBraces = await skyports([...args, '--dry-run=client'], { input: '{name: train, resources: {ports: 6006}}' });
  t.is(inBraces.code, 0, inBraces.stderr);
  t.regex(inBraces.stderr, /^standard input has port 6006\n/);
  const input = 'resources: {any_of: [{ports: 8888}, {ports: 9000}]}';
  const different = await skyports(args, { input, answer: 'all' });
  t.is(different.code, 2);
  t.notRegex(different.stderr, /Which ports/);
  t.regex(different.stderr, /; a task in the file has 8888 \(open already\), 9000\n/);
});

test('-f with reserved ports is refused as always', async (t) => {
  const { namespace } = await withSkyCluster();
  const file = taskFile('resources: {ports: [8888, 22]}');
  const { code, stderr } = await skyports(['expose', 'train', '-f', file, '-n', namespace, '--wait=0']);
  t.is(code, 2);
  t.regex(stderr, /port 22 is SSH: anyone who can reach it can run code in the Pod/);
  t.deepEqual(await openPorts(skyNames(namespace, 'train')), []);
});

test('-f whose tasks have different ports: the user chooses', async (t) => {
  const { namespace } = await withSkyCluster();
  const file = taskFile(
    'name: pipe\n---\nname: prep\n---\nname: train\nresources: {ports: 6006}\n---\nname: serve\nresources: {ports: [8888, 22]}\n',
  );
  const args = ['expose', 'train', '-f', file, '-n', namespace, '--wait=0'];
  const refused = await skyports(args);
  t.is(refused.code, 2);
  t.regex(refused.stderr, /one PORT of train; task train in the file has 6006; task serve in the file has 8888\n/);
  t.deepEqual(
    commandsIn(refused.stderr),
    [6006, 8888].map((port) => `    kubectl skyports expose train ${port} -n ${namespace} --wait=0`),
  );
  const { code, stderr } = await skyports(args, { answer: '6006' });
  t.is(code, 0, stderr);
  t.regex(stderr, /^6006 {3}task train in the file has it\n8888 {3}task serve in the file has it\nWhich ports/);
  t.deepEqual(await openPorts(skyNames(namespace, 'train')), [6006]);
});

const invalid: Readonly<Record<string, readonly [text: string | Uint8Array, says: RegExp]>> = {
  'no ports': ['resources: {cpus: 2}', /task\.yaml has no resources\.ports\nname the PORT/],
  'an invalid port': ['resources: {ports: $PORT}', /task\.yaml: resources\.ports has "\$PORT", which is not a port/],
  'invalid YAML': ['resources: {ports: 80\nrun: [', /task\.yaml is not valid YAML: line 2: /],
  'invalid JSON': ['{"resources": ', /task\.yaml is not valid JSON: /],
  'no task': ['hello', /task\.yaml: it is not a SkyPilot task/],
  'nothing in it': ['', /task\.yaml is empty/],
  'too large': [`#${'x'.repeat(1024 * 1024)}`, /task\.yaml has more than 1 MiB, and no larger file is read/],
  binary: [new Uint8Array([1, 0, 2]), /task\.yaml is binary/],
  'nested too deeply': [`resources: ${'['.repeat(200_000)}`, /task\.yaml (is not valid YAML|cannot be read): /],
  'aliases that expand': [
    `a: &a [${'x,'.repeat(9)}]\n${[...'bcdefgh'].map((name, i) => `${name}: &${name} [${`*${'abcdefg'[i]},`.repeat(9)}]\n`).join('')}`,
    /task\.yaml cannot be read: Excessive alias count/,
  ],
  'an alias of nothing': ['resources: *nothing', /task\.yaml (is not valid YAML|cannot be read): .*nothing/],
  'a merge of a text': ['resources: {<<: text, ports: 80}', /task\.yaml (is not valid YAML|cannot be read): /],
  'escapes for the terminal': ['resources: {ports: "\\e[2J8888"}', /has "(\\x1b|\\u001b|\^\[)\[2J8888"/],
};

for (const [name, [text, says]] of Object.entries(invalid)) {
  test(`-f with ${name}: exit 2, and nothing is requested`, async (t) => {
    const file = taskFile('');
    writeFileSync(file, text);
    const user = await newUser('default');
    const { code, stdout, stderr } = await skyports(['expose', 'train', '-f', file], { ...user, answer: 'y' });
    t.is(code, 2, stderr);
    t.is(stdout, '');
    t.regex(stderr, says);
    t.false(stderr.includes('\u001b'));
    t.deepEqual(await requestsOf(user.name), []);
  });
}

test('-f of no file, and -f beside PORT', async (t) => {
  const missing = await skyports(['expose', 'train', '-f', 'missing.yaml']);
  t.is(missing.code, 2);
  t.regex(missing.stderr, /^error: missing\.yaml does not exist\n/);
  const twice = await skyports(['expose', 'train', '8888', '-f', 'task.yaml', '--mode=nodeport']);
  t.is(twice.code, 2);
  t.regex(twice.stderr, /^error: both PORT and -f task\.yaml name the ports to open\n/);
  t.deepEqual(commandsIn(twice.stderr), ['    kubectl skyports expose train 8888 --mode=nodeport']);
  const nameless = await skyports(['expose', '-f', 'task.yaml']);
  t.is(nameless.code, 2);
  t.regex(nameless.stderr, /expose needs a SKYCLUSTER/);
});

test('--probe=pod without PORT: what listens is unknown without the permission, and is said so', async (t) => {
  const { call, namespace } = await declaring([8888]);
  const rules = [
    { apiGroups: [''], resources: ['pods', 'services'], verbs: ['list'] },
    { apiGroups: ['networking.k8s.io'], resources: ['ingresses'], verbs: ['list'] },
  ];
  const user = await newUser(namespace, { rules });
  const options = { ...user, mayProbe: true };
  const refused = await call(['--probe=pod', '--mode', 'ingress'], options);
  t.is(refused.code, 2);
  t.regex(
    refused.stderr,
    /; its containers declare 8888; what listens is unknown: commands in the Pod are forbidden \(create pods\/exec\)\n/,
  );
  // The flag has found the ports. With PORT it would choose the port of the health check.
  t.deepEqual(commandsIn(refused.stderr), [
    `    kubectl skyports expose web 8888 -n ${namespace} --wait=0 --mode=ingress`,
  ]);
  const no = await call(['--probe=pod'], { ...options, answer: 'n' });
  t.regex(
    no.stderr,
    /^what listens is unknown: .*\n8888 {3}a container declares it\nOpen port 8888\? \[y\/N\] nothing/,
  );
});

test('--probe=pod without PORT looks into no Pod that uses the network of its node', async (t) => {
  const { namespace } = await withSkyCluster();
  const names = skyNames(namespace, 'host');
  const pod = skyPod(names);
  await make({ ...pod, spec: { ...pod.spec, hostNetwork: true } });
  const user = await powerfulUser(namespace);
  const { code, stderr } = await skyports(['expose', 'host', '--probe=pod'], { ...user, mayProbe: true, answer: 'y' });
  t.is(code, 2);
  t.regex(stderr, /; what listens is unknown: Pod host-2ea485ef-head uses the network of its node\n/);
  t.deepEqual(
    (await requestsOf(user.name)).filter(({ verb }) => verb !== 'list'),
    [],
  );
});
