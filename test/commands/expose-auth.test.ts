import test from 'ava';
import { compare } from 'bcryptjs';
import { admin, type Json, requestsOf, until } from '../helpers/cluster.ts';
import { type RunOptions, type RunOutcome, skyports } from '../helpers/run-skyports.ts';
import { makeIngressNginx, powerfulUser, withSkyCluster } from '../helpers/world.ts';

const nginx = 'nginx.ingress.kubernetes.io';
const secret = (namespace: string): Promise<Json> =>
  admin('GET', `/api/v1/namespaces/${namespace}/secrets/train-2ea485ef--skyports-auth`);
const htpasswd = async (namespace: string): Promise<string> =>
  Buffer.from((await secret(namespace)).data.auth, 'base64').toString();
const ingresses = async (namespace: string): Promise<Record<string, Json>> => {
  const { items } = await admin('GET', `/apis/networking.k8s.io/v1/namespaces/${namespace}/ingresses`);
  return Object.fromEntries(items.map((each: Json) => [each.metadata.name.replace(/^.*--skyports-ingress/, ''), each]));
};
const gone = (read: Promise<Json>): Promise<boolean> =>
  read.then(
    ({ metadata }) => metadata.deletionTimestamp !== undefined,
    () => true,
  );
const shown = ({ stderr }: RunOutcome): string => /\(not shown again\): (\S+)$/m.exec(stderr)?.[1] ?? '';
const expose = (namespace: string, args: readonly string[], options?: RunOptions): Promise<RunOutcome> =>
  skyports(['expose', 'train', ...args, '--mode', 'ingress', '-n', namespace, '--wait=0'], options);
const writes = ['create', 'update', 'patch', 'delete'];
const basic = ['--auth', 'basic', '--allow-plain-http'];

test.before(makeIngressNginx);

test('a password: the Secret before the Ingress, one line with the password, the hash of it, the same owners', async (t) => {
  const { namespace } = await withSkyCluster();
  const user = await powerfulUser(namespace);
  const outcome = await expose(namespace, ['8888', ...basic], user);
  t.is(outcome.code, 0, outcome.stderr);
  const password = shown(outcome);
  t.regex(password, /^[a-zA-Z2-9]{20}$/);
  t.is(outcome.stderr.split(password).length, 2, 'once');
  t.notRegex(outcome.stdout, new RegExp(password));
  t.regex(
    outcome.stderr,
    /port 8888 asks for the password of user skyports\nthis calls it; curl asks for the password:\n {4}curl -u skyports http:\/\/203\.0\.113\.70\//,
  );
  t.notRegex(outcome.stderr, /open to anyone/);
  const made = await secret(namespace);
  const [name, hash] = (await htpasswd(namespace)).trim().split(':');
  t.is(name, 'skyports');
  t.regex(hash!, /^\$2y\$05\$/);
  t.true(await compare(password, hash!));
  t.like(made.metadata.labels, {
    'app.kubernetes.io/managed-by': 'kubectl-skyports',
    'skypilot-cluster-name': 'train-2ea485ef',
  });
  t.deepEqual(
    made.metadata.ownerReferences.map(({ kind, name }: Json) => `${kind} ${name}`),
    ['Service train-2ea485ef--skyports-svc--8888'],
  );
  const written = await ingresses(namespace);
  t.deepEqual(Object.keys(written).sort(), ['--auth', '--redirect-8888']);
  for (const each of Object.values(written)) {
    t.like(each.metadata.annotations, {
      [`${nginx}/auth-type`]: 'basic',
      [`${nginx}/auth-secret`]: 'train-2ea485ef--skyports-auth',
      [`${nginx}/auth-secret-type`]: 'auth-file',
    });
  }
  const patches = (await requestsOf(user.name)).filter(({ verb, uri }) => writes.includes(verb) && !/dryRun/.test(uri));
  t.deepEqual(
    patches.map(({ uri }) => /\/(services|secrets|ingresses)\//.exec(uri)?.[1]),
    ['services', 'secrets', 'ingresses', 'ingresses'],
  );
  t.deepEqual(
    (await requestsOf(user.name)).filter(({ verb, uri }) => verb === 'get' && /secrets/.test(uri)),
    [],
    'no read',
  );
});

test('a second call keeps the password, and a further port gets the same one without a read', async (t) => {
  const { namespace } = await withSkyCluster();
  await expose(namespace, ['8888', ...basic, '--auth-user', 'ann']);
  const before = await htpasswd(namespace);
  const user = await powerfulUser(namespace);
  const again = await expose(namespace, ['8888', ...basic], user);
  t.is(again.code, 0, again.stderr);
  t.regex(again.stderr, /nothing to change.*the password stays as it was/s);
  t.regex(again.stderr, /curl -u ann http/);
  const more = await expose(namespace, ['9000', ...basic], user);
  t.is(more.code, 0, more.stderr);
  t.is(shown(more), '');
  t.is(await htpasswd(namespace), before);
  t.deepEqual(
    (await secret(namespace)).metadata.ownerReferences.map(({ name }: Json) => name),
    ['train-2ea485ef--skyports-svc--8888', 'train-2ea485ef--skyports-svc--9000'],
  );
  t.deepEqual(
    (await requestsOf(user.name)).filter(
      ({ verb, uri }) => ['get', 'list', 'watch'].includes(verb) && /secrets/.test(uri),
    ),
    [],
  );
  t.is((await skyports(['unexpose', 'train', '8888', '-y', '-n', namespace])).code, 0);
  await until(
    'the collector has seen that one owner is gone',
    async () => (await secret(namespace)).metadata.ownerReferences.length === 1,
  );
  t.is(await htpasswd(namespace), before);
  t.is((await skyports(['unexpose', 'train', '9000', '-y', '-n', namespace])).code, 0);
  await until('the Secret is collected', () => gone(secret(namespace)));
});

test('the Secret has exactly the owners that need it, and keeps its hash until another password is made', async (t) => {
  const { namespace } = await withSkyCluster();
  const look = async () => {
    const { metadata, data, type } = await secret(namespace);
    t.deepEqual([type, Object.keys(data)], ['Opaque', ['auth']]);
    t.like(metadata.labels, {
      'app.kubernetes.io/managed-by': 'kubectl-skyports',
      'skypilot-cluster-name': 'train-2ea485ef',
    });
    return {
      hash: Buffer.from(data.auth, 'base64').toString().trim(),
      id: metadata.annotations['skyports/password-id'],
      owners: metadata.ownerReferences.map(({ name }: Json) => Number(/\d+$/.exec(name)![0])).sort(),
      managers: metadata.managedFields.map(({ manager, operation }: Json) => `${manager} ${operation}`).sort(),
    };
  };
  const run = async (args: readonly string[]) => {
    const outcome = await expose(namespace, args);
    t.is(outcome.code, 0, outcome.stderr);
    return outcome;
  };
  await run(['8888', ...basic]);
  const first = await look();
  t.deepEqual(first.owners, [8888]);
  t.deepEqual(first.managers, ['kubectl-skyports Apply'], 'one request');
  for (const [args, owners] of [
    [
      ['9000', ...basic],
      [8888, 9000],
    ],
    // The Service of 8888 stays, without a password.
    [['8888', '--auth', 'none', '-y'], [9000]],
    [
      ['8888', ...basic],
      [9000, 8888],
    ],
    [['9000', '--auth', 'none', '-y'], [8888]],
    [
      ['9000', ...basic],
      [8888, 9000],
    ],
  ] as const) {
    await run(args);
    t.like(await look(), { hash: first.hash, id: first.id, owners: [...owners].sort() }, args.join(' '));
  }
  const ann = await run(['8888', ...basic, '--auth-user', 'ann']);
  const second = await look();
  t.deepEqual(second.owners, [8888, 9000]);
  t.not(second.id, first.id);
  const [user, hash] = second.hash.split(':');
  t.is(user, 'ann');
  t.true(await compare(shown(ann), hash!));
  await admin('DELETE', `/api/v1/namespaces/${namespace}/services/train-2ea485ef--skyports-svc--8888`);
  await until('the collector has seen that one owner is gone', async () => (await look()).owners.length === 1);
  t.like(await look(), { hash: second.hash, owners: [9000] });
  await run(['8888', ...basic]);
  t.like(await look(), { hash: second.hash, owners: [8888, 9000] });
  t.is((await skyports(['unexpose', 'train', '9000', '-y', '-n', namespace])).code, 0);
  await until('the collector has seen that one owner is gone', async () => (await look()).owners.length === 1);
  t.like(await look(), { hash: second.hash, owners: [8888] });
  const typed = await expose(namespace, ['8888', ...basic, '--auth-password-stdin'], { input: 'correct horse' });
  t.is(typed.code, 0, typed.stderr);
  const third = await look();
  t.deepEqual(third.owners, [8888]);
  t.true(await compare('correct horse', third.hash.split(':')[1]!));
  t.is((await skyports(['unexpose', 'train', '8888', '-y', '-n', namespace])).code, 0);
  await until('the Secret is collected', () => gone(secret(namespace)));
});

test('a Secret of closed ports that still exists gets the new password', async (t) => {
  const { namespace, nameOnCloud } = await withSkyCluster();
  t.is((await expose(namespace, ['8888', ...basic])).code, 0);
  const before = await htpasswd(namespace);
  const ownersOf = async () => (await secret(namespace)).metadata.ownerReferences.map(({ name }: Json) => name).sort();
  // Another owner keeps the Secret.
  const { metadata } = await admin('POST', `/api/v1/namespaces/${namespace}/configmaps`, {
    ...{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'another', namespace } },
  });
  const another = { apiVersion: 'v1', kind: 'ConfigMap', name: 'another', uid: metadata.uid };
  const [service] = (await secret(namespace)).metadata.ownerReferences;
  await admin('PATCH', `/api/v1/namespaces/${namespace}/secrets/${nameOnCloud}--skyports-auth`, {
    metadata: { ownerReferences: [service, another] },
  });
  t.is((await skyports(['unexpose', 'train', '8888', '-y', '-n', namespace])).code, 0);
  await until('the collector has seen that one owner is gone', async () => (await ownersOf()).length === 1);
  await until('the Ingresses are collected', async () => Object.keys(await ingresses(namespace)).length === 0);
  const again = await expose(namespace, ['8888', ...basic]);
  t.is(again.code, 0, again.stderr);
  t.not(await htpasswd(namespace), before);
  t.true(await compare(shown(again), (await htpasswd(namespace)).trim().split(':')[1]!));
  t.deepEqual(await ownersOf(), ['another', `${nameOnCloud}--skyports-svc--8888`]);
  t.is((await expose(namespace, ['9000', ...basic])).code, 0);
  t.is((await ownersOf()).length, 3, 'the owner of another program stays');
});

test('a port whose Ingress is not written yet stays an owner of the Secret', async (t) => {
  const { namespace } = await withSkyCluster();
  t.is((await expose(namespace, ['8888', ...basic])).code, 0);
  // The state of another call between its Secret and its Ingress.
  await admin('DELETE', `/apis/networking.k8s.io/v1/namespaces/${namespace}/ingresses`);
  const more = await expose(namespace, ['9000', ...basic]);
  t.is(more.code, 0, more.stderr);
  t.not(shown(more), '');
  t.deepEqual((await secret(namespace)).metadata.ownerReferences.map(({ name }: Json) => name).sort(), [
    'train-2ea485ef--skyports-svc--8888',
    'train-2ea485ef--skyports-svc--9000',
  ]);
});

test("SkyPilot's clean-up takes the Secret with it", async (t) => {
  const { namespace, nameOnCloud } = await withSkyCluster();
  await expose(namespace, ['8888', '9000', ...basic]);
  await admin('DELETE', `/api/v1/namespaces/${namespace}/services?labelSelector=skypilot-cluster-name=${nameOnCloud}`);
  await until('the Secret is collected', () => gone(secret(namespace)));
  await until('the Ingresses are collected', async () => Object.keys(await ingresses(namespace)).length === 0);
  t.pass();
});

test('a password and none live in two Ingresses, and the way back removes the Secret', async (t) => {
  const { namespace } = await withSkyCluster();
  await expose(namespace, ['8888', '9000']);
  const moved = await expose(namespace, ['8888', ...basic]);
  t.is(moved.stdout.match(/ 8888 /g)?.length, 1, 'the Ingress that the port left has no row');
  const two = await ingresses(namespace);
  const portsOf = ({ spec }: Json) => spec.rules[0].http.paths.map(({ backend }: Json) => backend.service.port.number);
  t.deepEqual([portsOf(two['']), portsOf(two['--auth'])], [[9000], [8888]]);
  t.is(two[''].metadata.annotations[`${nginx}/auth-type`], undefined);
  t.is(two['--redirect-8888'].metadata.annotations[`${nginx}/auth-type`], 'basic');
  t.is(two['--redirect-9000'].metadata.annotations[`${nginx}/auth-type`], undefined);
  const refused = await expose(namespace, ['8888', '--auth', 'none']);
  t.is(refused.code, 2, refused.stderr);
  t.regex(refused.stderr, /expose asks before a public port loses its password, and there is no terminal/);
  const no = await expose(namespace, ['8888', '--auth', 'none'], { answer: 'n' });
  t.is(no.code, 1);
  t.regex(no.stderr, /Let anyone call http:\/\/\S+ without a password\? \[y\/N\] nothing was changed/);
  t.deepEqual(portsOf((await ingresses(namespace))['--auth']), [8888]);
  const yes = await expose(namespace, ['8888', '--auth', 'none', '-y']);
  t.is(yes.code, 0, yes.stderr);
  const one = await ingresses(namespace);
  t.deepEqual(Object.keys(one).sort(), ['', '--redirect-8888', '--redirect-9000']);
  t.deepEqual(portsOf(one['']), [8888, 9000]);
  t.is(one['--redirect-8888'].metadata.annotations[`${nginx}/auth-type`], undefined);
  t.true(await gone(secret(namespace)));
});

test('a Secret that someone has deleted is made again, with a new password', async (t) => {
  const { namespace, nameOnCloud } = await withSkyCluster();
  const first = await expose(namespace, ['8888', ...basic]);
  await admin('DELETE', `/api/v1/namespaces/${namespace}/secrets/${nameOnCloud}--skyports-auth`);
  const more = await expose(namespace, ['9000', ...basic]);
  t.is(more.code, 0, more.stderr);
  t.not(shown(more), shown(first));
  t.true(await compare(shown(more), (await htpasswd(namespace)).trim().split(':')[1]!));
});

test('the same call finds out that the Secret is gone or empty, and makes another password', async (t) => {
  const { namespace, nameOnCloud } = await withSkyCluster();
  const path = `/api/v1/namespaces/${namespace}/secrets/${nameOnCloud}--skyports-auth`;
  const first = await expose(namespace, ['8888', ...basic, '--auth-user', 'ann']);
  await admin('DELETE', path);
  const dry = await expose(namespace, ['8888', ...basic, '--dry-run=server', '-o', 'name']);
  t.deepEqual([dry.code, /^secret\//m.test(dry.stdout)], [0, true], dry.stdout + dry.stderr);
  await t.throwsAsync(admin('GET', path), undefined, 'a dry run makes none');
  const plain = await expose(namespace, ['8888', '--dry-run=client', '-o', 'name', ...basic]);
  t.notRegex(plain.stdout, /secret/, 'a dry run of the client asks nothing');
  const again = await expose(namespace, ['8888', ...basic]);
  t.is(again.code, 0, again.stderr);
  t.regex(again.stderr, /secret\/\S+ created/);
  t.notRegex(again.stderr, /stays as it was/);
  t.regex(again.stderr, /password of user ann/);
  t.not(shown(again), shown(first));
  t.true(await compare(shown(again), (await htpasswd(namespace)).trim().split(':')[1]!));
  t.is((await secret(namespace)).metadata.ownerReferences.length, 1);
  // Another program has made the Secret again, without data.
  await admin('DELETE', path);
  const { labels } = (await ingresses(namespace))['--auth'].metadata;
  await admin('POST', path.replace(/\/[^/]+$/, ''), {
    ...{ apiVersion: 'v1', kind: 'Secret', metadata: { name: `${nameOnCloud}--skyports-auth`, namespace, labels } },
  });
  const third = await expose(namespace, ['8888', ...basic]);
  t.is(third.code, 0, third.stderr);
  t.true(await compare(shown(third), (await htpasswd(namespace)).trim().split(':')[1]!));
  const fourth = await expose(namespace, ['8888', ...basic]);
  t.regex(fourth.stderr, /nothing to change.*the password stays as it was/s);
});
