import { execFile } from 'node:child_process';
import {
  existsSync,
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import test from 'ava';
import { skyports } from '../helpers/run-skyports.ts';
import { skyLoadBalancer, skyNames, skyPod, sliceOf } from '../helpers/skypilot-objects.ts';

const folder = mkdtempSync(join(tmpdir(), 'kubectl-skyports-files-'));
test.after.always(() => rmSync(folder, { recursive: true }));

let lastFile = 0;
function fileWith(content: string | Uint8Array): string {
  lastFile++;
  const file = join(folder, `dump-${lastFile}`);
  writeFileSync(file, content);
  return file;
}

/** No kubeconfig and no home: nothing but the file could be read. */
const alone = { env: { KUBECONFIG: '' }, cwd: folder, homeDirectory: folder };
const doctor = (...args: string[]) => skyports(['doctor', ...args], alone);

const names = skyNames('default', 'train');
const pod = skyPod(names);
const service = skyLoadBalancer(names, [8888], { ip: '203.0.113.80' });
const objects = [pod, service, sliceOf(service, [pod])];
const list = { apiVersion: 'v1', kind: 'List', items: objects };

const aliasBomb = `a: &a [x,x,x,x,x,x,x,x,x,x]
${'bcdefghi'
  .split('')
  .map((letter, i) => `${letter}: &${letter} [${Array(10).fill(`*${'abcdefgh'[i]}`).join(',')}]`)
  .join('\n')}
kind: Pod
items: *i
`;

for (const [name, content, says] of [
  ['an empty file', '', /is empty\n/],
  ['blanks alone', ' \n\n', /is empty/],
  ['a truncated JSON file', JSON.stringify(list).slice(0, -20), /is not valid JSON/],
  ['a truncated YAML file', 'kind: List\nitems: [\n', /is not valid YAML: line \d/],
  ['a binary file', new Uint8Array([0x7f, 0x45, 0x4c, 0x46, 0, 1, 2]), /is binary/],
  ['an alias bomb', aliasBomb, /cannot be read: Excessive alias count/],
  [
    'kinds that say nothing',
    'kind: List\nitems: [{kind: CronJob, metadata: {name: a}}]\n',
    /nothing in the file can be checked/,
  ],
  [
    'a field of the wrong type',
    JSON.stringify({ ...service, spec: { ...service.spec, ports: 'abc' } }),
    /Service default\/train-2ea485ef--skypilot-lb is malformed: spec\.ports is a text, not a list\n/,
  ],
  ['plain text', 'hello\n', /nothing in the file can be checked/],
  ['a Snapshot without topics', 'apiVersion: skyports/v1alpha1\nkind: Snapshot\n', /has no metadata or no topics/],
] as const) {
  test(`${name} is a clear error`, async (t) => {
    const { code, stdout, stderr } = await doctor('-f', fileWith(content));
    t.is(code, 2, stderr);
    t.is(stdout, '');
    t.regex(stderr, /^error: [^\n]*\n/);
    t.regex(stderr, says);
  });
}

test('a device without an end is refused', async (t) => {
  if (process.platform === 'win32') return t.pass('Windows has no such device');
  const { code, stderr } = await doctor('-f', '/dev/zero');
  t.is(code, 2);
  t.regex(stderr, /has more than 64 MiB, and no larger file is read/);
});

test('a file of 200 MB is refused before it is read', async (t) => {
  const file = fileWith('');
  truncateSync(file, 200 * 1024 * 1024);
  const { code, stderr } = await doctor('-f', file);
  t.is(code, 2);
  t.regex(stderr, /has more than 64 MiB, and no larger file is read/);
});

test('a file that is not there', async (t) => {
  t.is((await doctor('-f', join(folder, 'nope'))).code, 2);
});

test('a name that the file does not have', async (t) => {
  const { code, stderr } = await doctor('other', '-f', fileWith(JSON.stringify(list)));
  t.is(code, 2);
  t.regex(stderr, /no SkyPilot cluster "other".*the only one is train/);
});

test('what is not in the file is unknown, never a pass', async (t) => {
  const { code, stdout } = await doctor(
    'train',
    '-f',
    fileWith(JSON.stringify({ ...list, items: [pod] })),
    '-o',
    'json',
  );
  const { checks, outcome } = JSON.parse(stdout);
  t.is(code, 4);
  t.is(outcome, 'unknown');
  const unknown = checks.filter((check: { outcome: string }) => check.outcome === 'unknown');
  t.true(unknown.length > 0);
  for (const { reason } of unknown) t.regex(reason, /are not in the dump/);
});

test('one object, a List, a list of one kind, several documents and standard input are all understood', async (t) => {
  const yaml = objects.map((object) => JSON.stringify(object)).join('\n---\n');
  const typed = { apiVersion: 'v1', kind: 'PodList', items: [{ ...pod, kind: undefined }] };
  for (const content of [JSON.stringify(list), `---\n${yaml}\n`, JSON.stringify(typed), JSON.stringify(pod)]) {
    const { stdout, stderr } = await doctor('train', '-f', fileWith(content), '-o', 'json');
    t.is(JSON.parse(stdout || '{}').metadata?.subject?.skyCluster, 'train', stderr);
  }
  const piped = await skyports(['doctor', 'train', '-f', '-', '-o', 'json'], { ...alone, input: JSON.stringify(list) });
  t.is(JSON.parse(piped.stdout).metadata.subject.skyCluster, 'train');
});

const dump = (namespace: string | null) => ({
  apiVersion: 'skyports/v1alpha1',
  kind: 'Snapshot',
  metadata: { context: 'prod', namespace, takenAt: '2026-11-24T12:00:00.000Z' },
  topics: { pods: { items: [pod] }, services: { items: [service] } },
});

for (const [name, content, flags, says] of [
  ['another namespace', dump('default'), ['-n', 'other'], /has namespace default only, not other\nleave out -n\n/],
  ['all namespaces', dump('default'), ['-A'], /has namespace default only\nleave out -A\n/],
  ['another context', dump('default'), ['--context', 'dev'], /is of context prod, not dev\nleave out --context/],
  [
    'a context that it does not say',
    list,
    ['--context', 'prod'],
    /does not name its context, and --context asks for prod/,
  ],
  ['another namespace of a List', list, ['-n', 'other'], /has namespace default only, not other/],
  ['a server', list, ['--server', 'https://127.0.0.1:1'], /--server reaches a cluster, and -f checks a file/],
  ['a user', list, ['--as', 'root'], /--as reaches a cluster/],
] as const) {
  test(`asking a file about ${name} is refused`, async (t) => {
    const { code, stdout, stderr } = await doctor(...flags, '-f', fileWith(JSON.stringify(content)));
    t.is(code, 2, stderr);
    t.is(stdout, '');
    t.regex(stderr, says);
  });
}

test('what a file has can be named: its context, its namespace, one of all its namespaces', async (t) => {
  const judged = async (content: object, ...flags: string[]) => {
    const { stdout, stderr } = await doctor(...flags, '-f', fileWith(JSON.stringify(content)), '-o', 'json');
    t.is(stderr, '');
    const { metadata, checks } = JSON.parse(stdout);
    return [metadata.namespace, JSON.stringify(checks).includes('train-2ea485ef')];
  };
  const pending = { ...service, status: {} };
  const broken = { ...dump(null), topics: { ...dump(null).topics, services: { items: [pending] } } };
  t.deepEqual(await judged(dump('default'), '-n', 'default', '--context', 'prod'), ['default', false]);
  t.deepEqual(await judged(broken), [null, true]);
  t.deepEqual(await judged(broken, '-n', 'default'), ['default', true]);
  t.deepEqual(await judged(broken, '-n', 'other'), ['other', false]);
});

const executable = process.env.SKYPORTS_EXECUTABLE ?? resolve(import.meta.dirname, '../../dist/kubectl-skyports');

if (process.platform === 'linux') {
  test('judging a file makes no connection: it works with networking denied', async (t) => {
    const run = promisify(execFile);
    const file = fileWith(JSON.stringify(list));
    const env = { PATH: '/usr/bin:/bin', HOME: folder };
    // A user namespace lets anyone have a network namespace without interfaces.
    const args = [
      '--map-root-user',
      '--net',
      executable,
      'doctor',
      'train',
      '-f',
      file,
      '-o',
      'json',
      '--fail-on=never',
    ];
    const { stdout } = await run('unshare', args, { env, cwd: folder }).catch((error) => error);
    t.is(JSON.parse(stdout).metadata.subject.skyCluster, 'train');
  });
}

test('--redact: what is printed and what is saved have tokens, and the same root causes', async (t) => {
  const hidden = skyPod(names, { podIP: '10.88.1.2', nodeName: 'ip-10-77-0-9.ec2.internal' });
  const lost = { ...service, spec: { ...service.spec!, selector: { app: 'other' } } };
  const address = { ...lost, status: { loadBalancer: { ingress: [{ hostname: 'a1b2.elb.amazonaws.com' }] } } };
  const file = fileWith(JSON.stringify({ ...list, items: [hidden, address] }));
  const plain = JSON.parse((await doctor('train', '-f', file, '-o', 'json')).stdout);
  t.deepEqual(plain.rootCauses, ['service-selects-head']);
  const shown = await doctor('trai', '-f', file, '--redact', '-o', 'json');
  t.deepEqual(JSON.parse(shown.stdout).rootCauses, plain.rootCauses, shown.stderr);
  const saved = join(folder, 'redacted.yaml');
  const written = await doctor('train', '-f', file, '--redact', '--save', saved);
  t.is(written.code, 3, written.stderr);
  const text = readFileSync(saved, 'utf8');
  for (const each of [shown.stdout, written.stdout, text]) t.notRegex(each, /10\.88|10-77|ec2|amazonaws|ada\b/);
  t.regex(text, /hostname: host-\d\.example\.com/);
  const again = JSON.parse((await doctor('train', '-f', saved, '-o', 'json')).stdout);
  t.deepEqual(again, JSON.parse(shown.stdout));
});

test('--redact without anything to show to others is refused', async (t) => {
  const { code, stderr } = await doctor('-f', fileWith(JSON.stringify(list)), '--redact');
  t.is(code, 2);
  t.regex(
    stderr,
    /--redact only has an effect on saved files and on -o json, yaml, markdown, html or tree\nadd --save FILE, -o markdown or -o json/,
  );
});

test('--save writes for its owner alone, in the place of what was there, and without the environment of Pods', async (t) => {
  const file = join(folder, 'with-environment.json');
  const env = [{ name: 'HF_TOKEN', value: 'hf_secret' }];
  const containers = [{ name: 'ray-node', image: 'x', env, envFrom: [{ secretRef: { name: 'hf_secret' } }] }];
  const labels = { 'skypilot-cluster-name': 'train', 'ray-node-type': 'head' };
  const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'train-head', namespace: 'default', labels } };
  writeFileSync(file, JSON.stringify({ ...pod, spec: { containers, initContainers: containers } }));
  const [saved, target] = [join(folder, 'saved.yaml'), join(folder, 'target.yaml')];
  for (const before of ['nothing', 'a file', 'a link', 'a dangling link']) {
    rmSync(saved, { force: true });
    if (before === 'a file') writeFileSync(saved, 'old', { mode: 0o644 });
    if (before === 'a link') writeFileSync(target, 'old');
    if (before.includes('link')) symlinkSync(before === 'a link' ? target : join(folder, 'nowhere'), saved);
    const { stderr } = await doctor('-f', file, '--redact', '--save', saved);
    t.is(statSync(saved).mode & 0o777, 0o600, `${before}: ${stderr}`);
    t.false(lstatSync(saved).isSymbolicLink(), before);
    t.regex(readFileSync(saved, 'utf8'), /train-head/);
    t.notRegex(readFileSync(saved, 'utf8'), /hf_secret/);
  }
  t.is(readFileSync(target, 'utf8'), 'old');
  t.false(existsSync(join(folder, 'nowhere')));
  t.deepEqual(
    readdirSync(folder).filter((name) => name.startsWith('.skyports')),
    [],
  );
});
