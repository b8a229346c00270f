import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { ApiError } from '../../src/kubernetes/api/api-error.ts';
import type { ConnectionFlags } from '../../src/kubernetes/api/connect.ts';
import {
  admin,
  cluster,
  create,
  type Json,
  kubectl,
  newClientCertificate,
  newNamespace,
  newUser,
  requestsOf,
  until,
} from '../helpers/cluster.ts';
import { configMap, connection } from './api-server-objects.ts';

const everything = { apiGroups: ['*'], resources: ['*'], verbs: ['*'] };

test('the API server takes us for whom it takes kubectl: a token, a certificate, somebody impersonated', async (t) => {
  const namespace = await newNamespace();
  const user = await newUser(namespace, { clusterRules: [everything] });
  const { certificate, key } = newClientCertificate('jane', { groups: ['system:masters'] });
  const cases: [ConnectionFlags, string[]][] = [
    [{}, []],
    [
      { as: 'joe', asGroup: ['system:masters', 'g2'], asUid: '7', asUserExtra: ['why=x', 'why=y'] },
      [
        '--as=joe',
        '--as-group=system:masters',
        '--as-group=g2',
        '--as-uid=7',
        '--as-user-extra=why=x',
        '--as-user-extra=why=y',
      ],
    ],
    [
      { clientCertificate: certificate, clientKey: key },
      [`--client-certificate=${certificate}`, `--client-key=${key}`],
    ],
  ];
  for (const [flags, args] of cases) {
    const { api } = await connection(t, { kubeconfig: user.kubeconfig, ...flags });
    const review = { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' };
    const ours = await api.create<Json>('/apis/authentication.k8s.io/v1/selfsubjectreviews', review);
    const theirs = await kubectl([...args, 'auth', 'whoami', '-o', 'json'], { kubeconfig: user.kubeconfig });
    t.deepEqual(ours.status.userInfo, JSON.parse(theirs.stdout).status.userInfo);
  }
  t.is((await requestsOf(user.name)).filter(({ impersonatedUser }) => impersonatedUser === 'joe').length, 2);
});

test('an expired client certificate is refused, and we say that it has expired', async (t) => {
  const { certificate, key } = newClientCertificate('late', { validUntil: new Date(Date.now() - 60_000) });
  const { server, certificateAuthority } = cluster();
  const { api } = await connection(t, { server, certificateAuthority, clientCertificate: certificate, clientKey: key });
  const error = await t.throwsAsync(api.get('/api/v1/namespaces/default'), { instanceOf: ApiError });
  t.regex(
    error?.message ?? '',
    /^You must be logged in to the server \(Unauthorized\): the client certificate of who the flags say expired on 20/,
  );
});

test('lists come whole in pages, packed, and a watch goes on from them', async (t) => {
  const namespace = await newNamespace();
  const user = await newUser(namespace, { rules: [everything] });
  const { api } = await connection(t, { kubeconfig: user.kubeconfig });
  const path = `/api/v1/namespaces/${namespace}/configmaps`;
  const filling = 'x'.repeat(10_000);
  for (let index = 0; index < 30; index++)
    await create(
      configMap(
        namespace,
        `c${String(index).padStart(2, '0')}`,
        { filling, index: String(index) },
        { labels: { half: String(index % 2) } },
      ),
    );
  const whole = await api.list<Json>(path, { labelSelector: 'half' });
  const paged = await api.list<Json>(path, { labelSelector: 'half', pageSize: 7 });
  t.deepEqual(paged.items, whole.items);
  t.is(whole.items.length, 30);
  t.is(whole.items[0]!.metadata.managedFields?.[0].fieldsV1, undefined);
  t.is(whole.items[0]!.data.filling, filling);
  t.like(await api.list(path, { labelSelector: 'half=1', pageSize: 7, firstPageOnly: true }), {
    cutOff: true,
    items: { length: 7 },
  });
  const lists = (await requestsOf(user.name))
    .filter(({ verb }) => verb === 'list')
    .map(({ uri }) => new URL(uri, 'https://x').searchParams);
  t.deepEqual(
    lists.map((query) => query.get('limit')),
    ['1000', '7', '7', '7', '7', '7', '7'],
  );

  const stop = new AbortController();
  const events = api.watch<Json>(
    path,
    { labelSelector: 'half=0', resourceVersion: paged.resourceVersion },
    stop.signal,
  );
  await admin('PATCH', `${path}/c00`, { data: { index: 'new' } });
  await admin('PATCH', `${path}/c01`, { data: { index: 'new' } });
  await admin('DELETE', `${path}/c02`);
  t.like(await events.next(), {
    value: { type: 'MODIFIED', object: { metadata: { name: 'c00' }, data: { index: 'new' } } },
  });
  t.like(await events.next(), { value: { type: 'DELETED', object: { metadata: { name: 'c02' } } } });
  stop.abort();
  t.true((await events.next()).done);
  await until('the watch has ended', async () =>
    (await requestsOf(user.name)).some(({ verb, stage }) => verb === 'watch' && stage === 'ResponseComplete'),
  );
});

test('a tokenFile that gets another token in the midst is another user', async (t) => {
  const namespace = await newNamespace();
  const [one, two] = await Promise.all([
    newUser(namespace, { rules: [everything] }),
    newUser(namespace, { rules: [everything] }),
  ]);
  const config = JSON.parse(readFileSync(one.kubeconfig, 'utf8'));
  const file = join(cluster().temporaryFolder, `${namespace}.token`);
  config.users[0].user = { tokenFile: file };
  writeFileSync(file, one.token);
  const kubeconfig = join(cluster().temporaryFolder, `${namespace}.token-file`);
  writeFileSync(kubeconfig, JSON.stringify(config));
  const { api } = await connection(t, { kubeconfig });
  await api.list(`/api/v1/namespaces/${namespace}/pods`);
  writeFileSync(file, two.token);
  await api.list(`/api/v1/namespaces/${namespace}/services`);
  const resources = async (name: string) => (await requestsOf(name)).map(({ resource }) => resource);
  t.deepEqual([await resources(one.name), await resources(two.name)], [['pods'], ['services']]);
});

test('forbidden, in the words of kubectl', async (t) => {
  const namespace = await newNamespace();
  const user = await newUser(namespace);
  const { api } = await connection(t, { kubeconfig: user.kubeconfig });
  const error = (await t.throwsAsync(api.list(`/api/v1/namespaces/${namespace}/pods`), {
    instanceOf: ApiError,
  })) as ApiError;
  const theirs = await kubectl(['get', '--raw', `/api/v1/namespaces/${namespace}/pods`], {
    kubeconfig: user.kubeconfig,
  });
  t.is(error.message, theirs.stderr.trim());
  const answer = await kubectl(error.cures[0]!.command!.replace(/^kubectl /, '').split(' '));
  t.is(answer.stdout.trim(), 'no', 'the cure is a command that works');
});
