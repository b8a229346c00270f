import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import test from 'ava';
import { admin, cluster, create, type Json, newUser, requestsOf, until } from '../helpers/cluster.ts';
import { noProbes, type RunOptions, type RunOutcome, skyports } from '../helpers/run-skyports.ts';
import { skyIngress, skyPortService } from '../helpers/skypilot-objects.ts';
import { make, makeIngressNginx, powerfulUser, withSkyCluster } from '../helpers/world.ts';

const name = 'train-2ea485ef--skyports-auth';
const secretPath = (namespace: string) => `/api/v1/namespaces/${namespace}/secrets/${name}`;
const namesIn = async (namespace: string): Promise<string[]> => {
  const lists = await Promise.all(
    [`/api/v1/namespaces/${namespace}/secrets`, `/api/v1/namespaces/${namespace}/services`].map((path) =>
      admin('GET', path),
    ),
  );
  const { items } = await admin('GET', `/apis/networking.k8s.io/v1/namespaces/${namespace}/ingresses`);
  return [...lists.flatMap((list) => list.items), ...items].map(({ metadata }: Json) =>
    metadata.name.replace(/^train-2ea485ef--skyports-/, ''),
  );
};
const shown = ({ stderr }: RunOutcome): string => /\(not shown again\): (\S+)$/m.exec(stderr)?.[1] ?? '';
const expose = (namespace: string, args: readonly string[], options?: RunOptions): Promise<RunOutcome> =>
  skyports(['expose', 'train', ...args, '-n', namespace, '--wait=0'], options);
const ingress = ['--mode', 'ingress'];
const basic = [...ingress, '--auth', 'basic', '--allow-plain-http'];
const everything = ['get', 'list', 'watch', 'create', 'patch', 'delete'];
const readRules = [
  { apiGroups: ['', 'discovery.k8s.io'], resources: ['pods', 'services', 'endpointslices'], verbs: everything },
];

test.before(makeIngressNginx);

test('bad input is refused before any write', async (t) => {
  const { namespace } = await withSkyCluster();
  await create({
    ...{ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'no-key', namespace } },
    stringData: { users: 'ann:$2y$05$x' },
  });
  await create({
    ...{ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'empty', namespace } },
    stringData: { auth: '\n' },
  });
  await create({
    ...{ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'no-lines', namespace } },
    stringData: { auth: 'hunter2-is-not-htpasswd\n' },
  });
  const cases: readonly (readonly [readonly string[], RegExp, string?])[] = [
    [[...basic, '--auth-user', 'a:b'], /--auth-user a:b is not a valid user name/],
    [[...basic, '--auth-user', '#a'], /is not a valid user name/],
    [[...basic, '--auth-user', ''], /is not a valid user name/],
    [[...basic, '--auth-user', 'a'.repeat(65)], /is not a valid user name/],
    [[...ingress, '--auth', 'digest'], /--auth digest is not a way to ask callers/],
    [[...ingress, '--auth-user', 'ann'], /--auth-user only has an effect with --auth basic/],
    [[...ingress, '--auth', 'none', '--auth-password-stdin'], /--auth-password-stdin only has an effect/, 'longenough'],
    [[...basic, '--auth-secret', 'x', '--auth-user', 'ann'], /--auth-user has no effect/],
    [[...basic, '--auth-secret', 'A_b'], /is not a valid name of a Secret/],
    [[...basic, '--auth-secret', name], /kubectl skyports writes Secrets with this name itself/],
    [[...basic, '--auth-secret', 'nothing'], /Secret nothing does not exist in namespace/],
    [[...basic, '--auth-secret', 'no-key'], /Secret no-key cannot hold passwords: it has no key auth/],
    [[...basic, '--auth-secret', 'empty'], /its key auth is empty/],
    [[...basic, '--auth-secret', 'no-lines'], /is not USER:HASH/],
    [[...basic, '--auth-password-stdin'], /the password on standard input is empty/, ''],
    [[...basic, '--auth-password-stdin'], /has fewer than 8 characters/, 'secret1'],
    [[...basic, '--auth-password-stdin'], /has more than 72 bytes/, 'ä'.repeat(37)],
    [[...basic, '--auth-password-stdin'], /has control characters/, 'two-lines\nhere'],
    [[...ingress, '--auth', 'basic'], /would send the password over http.*--host app\.example\.com.*--tls-secret/s],
    [[...ingress, '--auth', 'basic', '--host', 'a.example.com'], /would send the password over http/],
    [
      [...basic, '--annotation', 'nginx.ingress.kubernetes.io/auth-secret=x'],
      /--annotation nginx\.ingress\.kubernetes\.io\/auth-secret and --auth set the same annotation/,
    ],
    [['--mode', 'loadbalancer', '--auth', 'basic'], /no load balancer.*--source-range CIDR.*--api-key.*forward/s],
    [['--mode', 'nodeport', '--auth', 'basic'], /--auth has no meaning in nodeport mode/],
    [['--mode', 'podip', '--auth', 'basic'], /--auth has no meaning in podip mode.*\n(?!or)/],
    [['--mode', 'nodeport', '--source-range', '10.0.0.0/8'], /belongs to loadbalancer and ingress mode/],
  ];
  for (const [args, says, input] of cases) {
    const { code, stdout, stderr } = await expose(namespace, ['8888', ...args], input === undefined ? {} : { input });
    t.is(code, 2, `${args.join(' ')}: ${stderr}`);
    t.is(stdout, '');
    t.regex(stderr, says);
    if (input) t.false(stderr.includes(input.split('\n')[0]!), 'the password is not repeated');
    t.notRegex(stderr, /hunter2|2y\$05/);
  }
  t.deepEqual((await namesIn(namespace)).sort(), ['empty', 'no-key', 'no-lines']);
});

test('without the permission for Secrets nothing is written, and a Secret of an administrator works', async (t) => {
  const { namespace } = await withSkyCluster();
  const user = await newUser(namespace, {
    rules: [...readRules, { apiGroups: ['networking.k8s.io'], resources: ['ingresses'], verbs: everything }],
    clusterRules: [{ apiGroups: ['networking.k8s.io'], resources: ['ingressclasses'], verbs: ['get', 'list'] }],
  });
  const refused = await expose(namespace, ['8888', ...basic], user);
  t.is(refused.code, 1);
  t.regex(refused.stderr, /you may not write Secrets in namespace .*--auth-secret NAME/s);
  t.deepEqual(await namesIn(namespace), []);
  const written = (await requestsOf(user.name)).filter(({ verb, uri }) => verb === 'patch' && !/dryRun/.test(uri));
  t.deepEqual(written, []);
  await create({
    ...{ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'team', namespace } },
    stringData: { auth: 'ann:$2y$05$abcdefghijklmnopqrstuv\n' },
  });
  const named = await expose(namespace, ['8888', ...basic, '--auth-secret', 'team'], user);
  t.is(named.code, 0, named.stderr);
  t.regex(named.stderr, /warning: you may not read Secret team/);
  t.regex(named.stderr, /port 8888 asks for the password of a user of its Secret/);
  t.deepEqual((await namesIn(namespace)).filter((each) => each.startsWith('ingress')).length, 2);
  const again = await withSkyCluster();
  await expose(again.namespace, ['8888', ...basic]);
  const other = await newUser(again.namespace, {
    rules: [...readRules, { apiGroups: ['networking.k8s.io'], resources: ['ingresses'], verbs: everything }],
    clusterRules: [{ apiGroups: ['networking.k8s.io'], resources: ['ingressclasses'], verbs: ['get', 'list'] }],
  });
  const same = await expose(again.namespace, ['8888', ...basic], other);
  t.is(same.code, 0, same.stderr);
  t.regex(same.stderr, /nothing to change/, 'the Secret is not looked at');
});

test('the permission for the Secret of one SkyPilot cluster is enough', async (t) => {
  const { namespace } = await withSkyCluster();
  const user = await newUser(namespace, {
    rules: [
      ...readRules,
      { apiGroups: [''], resources: ['secrets'], resourceNames: [name], verbs: ['create', 'patch'] },
      { apiGroups: ['networking.k8s.io'], resources: ['ingresses'], verbs: everything },
    ],
    clusterRules: [{ apiGroups: ['networking.k8s.io'], resources: ['ingressclasses'], verbs: ['get', 'list'] }],
  });
  const outcome = await expose(namespace, ['8888', ...basic], user);
  t.is(outcome.code, 0, outcome.stderr);
  t.not(shown(outcome), '');
  t.true((await namesIn(namespace)).includes('auth'));
});

test('a port that moves and whose second write is refused stays closed, and this is reported', async (t) => {
  const { namespace } = await withSkyCluster();
  await expose(namespace, ['8888', '9000', ...ingress]);
  const user = await newUser(namespace, {
    rules: [
      ...readRules,
      { apiGroups: [''], resources: ['secrets'], verbs: ['create', 'patch', 'delete'] },
      { apiGroups: ['networking.k8s.io'], resources: ['ingresses'], verbs: ['list', 'watch', 'patch', 'delete'] },
    ],
    clusterRules: [{ apiGroups: ['networking.k8s.io'], resources: ['ingressclasses'], verbs: ['get', 'list'] }],
  });
  const refused = await expose(namespace, ['8888', ...basic], user);
  t.is(refused.code, 1);
  t.regex(refused.stderr, /warning: port 8888 is closed now: .*the same command again opens it/);
  t.regex(refused.stderr, /secret\/\S+ removed again/);
  t.regex(refused.stderr, /warning: the new password is not in use/);
  const left = await namesIn(namespace);
  t.false(left.includes('auth'));
  t.false(left.includes('ingress--redirect-8888'), 'nothing leads to the port');
  const { spec } = await admin(
    'GET',
    `/apis/networking.k8s.io/v1/namespaces/${namespace}/ingresses/train-2ea485ef--skyports-ingress`,
  );
  t.deepEqual(
    spec.rules[0].http.paths.map(({ backend }: Json) => backend.service.port.number),
    [9000],
  );
  const again = await expose(namespace, ['8888', ...basic]);
  t.is(again.code, 0, again.stderr);
  t.not(shown(again), shown(refused));
});

test('a Secret of another program with this name is not touched', async (t) => {
  const { namespace } = await withSkyCluster();
  await create({
    ...{ apiVersion: 'v1', kind: 'Secret', metadata: { name, namespace } },
    stringData: { key: 'theirs' },
  });
  const { code, stderr } = await expose(namespace, ['8888', ...basic]);
  t.is(code, 2, stderr);
  t.regex(stderr, /Secret \S+ in namespace \S+ was not created by kubectl skyports/);
  const { data, metadata } = await admin('GET', secretPath(namespace));
  t.deepEqual([Object.keys(data), metadata.ownerReferences], [['key'], undefined]);
  t.deepEqual(await namesIn(namespace), ['auth']);
});

test('calls at the same time: one password is valid, and each call that shows another says so', async (t) => {
  const { namespace } = await withSkyCluster();
  const calls = await Promise.all([1001, 1002, 1003].map((port) => expose(namespace, [String(port), ...basic])));
  for (const { code, stderr } of calls) t.is(code, 0, stderr);
  const { data, metadata } = await admin('GET', secretPath(namespace));
  t.is(metadata.ownerReferences.length, 3);
  const { compare } = await import('bcryptjs');
  const hash = Buffer.from(data.auth, 'base64').toString().trim().split(':')[1]!;
  const valid = await Promise.all(calls.map(async (each) => shown(each) !== '' && (await compare(shown(each), hash))));
  t.is(valid.filter(Boolean).length, 1, calls.map(({ stderr }) => stderr).join('\n'));
  for (const [index, each] of calls.entries()) {
    if (shown(each) !== '' && !valid[index]) t.regex(each.stderr, /the one above is not valid/);
  }
});

test("a port that SkyPilot's own Ingress opens is refused", async (t) => {
  const names = await withSkyCluster();
  await make(skyPortService(names, 8888), skyIngress(names, [8888]));
  const { code, stderr } = await expose(names.namespace, ['8888', ...basic]);
  t.is(code, 2, stderr);
  t.regex(stderr, /is open already, through SkyPilot's Ingress .*cannot limit its callers/);
  const beside = await expose(names.namespace, ['8888', ...basic, '--beside-skypilot']);
  t.is(beside.code, 0, beside.stderr);
  t.regex(beside.stderr, /warning: port 8888 can also be called without this password, through Ingress/);
});

test('a typed password has a higher cost, and replaces the one before', async (t) => {
  const { namespace } = await withSkyCluster();
  const first = await expose(namespace, ['8888', ...basic]);
  const typed = await expose(namespace, ['8888', ...basic, '--auth-password-stdin'], { input: 'correct horse\n' });
  t.is(typed.code, 0, typed.stderr);
  t.is(shown(typed), '');
  t.not(shown(first), '');
  const { compare } = await import('bcryptjs');
  const hash = Buffer.from((await admin('GET', secretPath(namespace))).data.auth, 'base64')
    .toString()
    .trim()
    .split(':')[1]!;
  t.regex(hash, /^\$2y\$08\$/);
  t.true(await compare('correct horse', hash));
  const ann = await expose(namespace, ['9000', ...basic, '--auth-user', 'ann'], { input: '' });
  t.is(ann.code, 0, ann.stderr);
  t.regex(ann.stderr, /password of user ann \(not shown again\)/);
  const again = await expose(namespace, ['8888', ...basic]);
  t.regex(again.stderr, /curl -u ann http/, 'one password for all ports');
});

test('no output, log, dump, dry run or error has a password or a hash; nor does any argument', async (t) => {
  const { namespace } = await withSkyCluster();
  const user = await powerfulUser(namespace);
  const typed = 'correct-horse-battery';
  const outputs: string[] = [];
  const run = async (args: readonly string[], options: RunOptions = {}): Promise<RunOutcome> => {
    const outcome = await skyports([...args, '-n', namespace, '-v=10'], { ...user, ...options });
    outputs.push(outcome.stdout, outcome.stderr);
    return outcome;
  };
  const hashes = new Set<string>();
  const remember = async () => {
    const { data } = await admin('GET', secretPath(namespace)).catch(() => ({ data: undefined }));
    if (data) hashes.add(data.auth).add(Buffer.from(data.auth, 'base64').toString().trim().split(':')[1]!);
  };
  const line = ['expose', 'train', '8888', '--wait=0'];
  const dry = await run([...line, ...basic, '--dry-run=client', '-o', 'yaml']);
  t.regex(dry.stderr, /note: the Secret is shown without its data/);
  t.regex(dry.stdout, /kind: Secret/);
  await run([...line, ...basic, '--dry-run=server', '-o', 'json']);
  const made = await run([...line, ...basic]);
  const password = shown(made);
  t.not(password, '');
  outputs.splice(outputs.indexOf(made.stderr), 1, made.stderr.replace(password, ''));
  await remember();
  await run([...line, ...basic, '--auth-password-stdin', '--dry-run=server', '-o', 'yaml'], { input: typed });
  await run([...line, ...basic, '--auth-password-stdin'], { input: typed });
  await remember();
  await run([...line, ...basic, '-o', 'json']);
  await run(['endpoints', 'train', '-o', 'yaml']);
  await run(['doctor', 'train', '--save', join(cluster().temporaryFolder, 'auth.yaml'), '-o', 'json']);
  outputs.push(readFileSync(join(cluster().temporaryFolder, 'auth.yaml'), 'utf8'));
  await create({
    ...{ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'theirs', namespace } },
    stringData: { auth: 'ann:$2y$05$ofsomebodyelse' },
  });
  await run([...line, ...basic, '--auth-secret', 'theirs']);
  // A policy that repeats what it refuses.
  const policy = `no-passwords-${namespace}`;
  const admission = 'admissionregistration.k8s.io/v1';
  await admin('POST', `/apis/${admission}/validatingadmissionpolicies`, {
    ...{ apiVersion: admission, kind: 'ValidatingAdmissionPolicy', metadata: { name: policy } },
    spec: {
      failurePolicy: 'Fail',
      matchConstraints: {
        resourceRules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['*'], resources: ['secrets'] }],
      },
      validations: [{ expression: '!has(object.data)', messageExpression: '"not " + string(object.data["auth"])' }],
    },
  });
  await admin('POST', `/apis/${admission}/validatingadmissionpolicybindings`, {
    ...{ apiVersion: admission, kind: 'ValidatingAdmissionPolicyBinding', metadata: { name: policy } },
    spec: {
      policyName: policy,
      validationActions: ['Deny'],
      matchResources: { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } } },
    },
  });
  await run(['expose', 'train', '9000', '--wait=0', ...ingress, '--auth', 'none', '-y']);
  const refused = await until('the policy is in force', async () => {
    const outcome = await run(['expose', 'train', '9001', '--wait=0', ...basic, '--auth-password-stdin'], {
      input: typed,
    });
    return /denied request/.test(outcome.stderr) && outcome;
  });
  t.regex(refused.stderr, /denied request \(more words are hidden/, 'the policy repeats the data');
  await remember();
  t.true(hashes.size >= 4);
  const secrets = [password, typed, ...hashes, 'ofsomebodyelse'];
  for (const output of outputs) {
    // Any bcrypt hash, and the base64 text of any line of this password file.
    t.notRegex(output, /\$2[aby]\$|c2t5cG9ydHM6/);
    for (const each of secrets) t.false(output.includes(each), `${each} in ${output.slice(0, 300)}`);
    for (const each of secrets) t.false(output.includes(Buffer.from(each).toString('base64').replace(/=+$/, '')));
  }
});

test('the arguments of the process never have a password', async (t) => {
  const { namespace } = await withSkyCluster();
  const program = resolve(import.meta.dirname, '../../dist/kubectl-skyports');
  const typed = 'correct-horse-battery';
  const args = ['expose', 'train', '8888', ...basic, '--auth-password-stdin', '-n', namespace, '--wait=0'];
  const child = spawn(program, args, { env: { KUBECONFIG: cluster().adminKubeconfig, ...noProbes }, stdio: 'pipe' });
  let stderr = '';
  child.stderr.on('data', (text) => {
    stderr += text;
  });
  child.stdout.resume();
  const ended = new Promise<number | null>((done) => child.once('close', done));
  const seen = new Set<string>();
  const look = () => {
    for (const pid of readdirSync('/proc').filter((each) => /^\d+$/.test(each))) {
      try {
        seen.add(readFileSync(`/proc/${pid}/cmdline`, 'utf8'));
      } catch {
        // The process has ended.
      }
    }
    return [...seen].some((each) => each.includes('--auth-password-stdin'));
  };
  await until('the process runs', async () => look());
  child.stdin.end(typed);
  const looking = setInterval(look, 20);
  const code = await ended;
  clearInterval(looking);
  t.is(code, 0, stderr);
  t.false([...seen].some((each) => each.includes(typed)));
});
