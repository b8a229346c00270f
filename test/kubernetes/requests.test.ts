import { setTimeout } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import test from 'ava';
import { Failure } from '../../src/errors/failure.ts';
import { ApiError } from '../../src/kubernetes/api/api-error.ts';
import { connect } from '../../src/kubernetes/api/connect.ts';
import { kubeconfig } from './beside-kubectl.ts';
import { connected, json, status } from './connected.ts';
import type { Answer } from './recording-server.ts';
import { systemForTest } from './system-for-test.ts';

test('packed answers are asked for and unpacked, unless the kubeconfig says no', async (t) => {
  const accepted: unknown[] = [];
  const answer: Answer = (request, response) => {
    accepted.push(request.headers['accept-encoding']);
    response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('{"grüße":"ü"}'));
  };
  const { api, scene } = await connected(t, answer);
  t.deepEqual(await api.get('/x'), { grüße: 'ü' });
  const plain = scene.file('plain', kubeconfig(scene, { cluster: { 'disable-compression': true } }));
  const other = await connect({ kubeconfig: plain }, systemForTest({ cwd: scene.folder }));
  await other.api.get('/x');
  other.close();
  t.deepEqual(accepted, ['gzip', undefined]);
});

test('a character that the network cuts in two is whole', async (t) => {
  const bytes = Buffer.from('{"a":"ü€😀"}');
  const { api } = await connected(t, async (_, response) => {
    response.writeHead(200);
    for (const byte of bytes) {
      response.write(Buffer.from([byte]));
      await setTimeout(2);
    }
    response.end();
  });
  t.deepEqual(await api.get('/x'), { a: 'ü€😀' });
});

test('who we are, and what timeout we keep, is said with each request', async (t) => {
  const seen: string[] = [];
  const { api } = await connected(
    t,
    (request, response) => {
      seen.push(`${request.headers['user-agent']} ${request.headers.accept} ${request.url}`);
      json(response, { kind: 'PodList', items: [] });
    },
    { requestTimeout: '1m30s' },
  );
  await api.list('/api/v1/pods');
  t.regex(
    seen[0]!,
    /^kubectl-skyports\/\d+\.\d+\.\d+\S* \(\w+\/\w+\) application\/json \/api\/v1\/pods\?limit=250&timeout=1m30s$/,
  );
});

for (const code of [429, 503]) {
  test(`a read is repeated after ${code} when the server says when`, async (t) => {
    let left = 2;
    const { api, scene } = await connected(t, (_, response) =>
      left-- > 0 ? json(response, status(code, 'Busy'), code, { 'retry-after': '0' }) : json(response, { a: 1 }),
    );
    t.deepEqual(await api.get('/x'), { a: 1 });
    t.is(scene.a.asked.length, 3);
  });

  test(`a write is repeated after ${code} when the server says when, as kubectl repeats it`, async (t) => {
    let left = 2;
    const { api, scene } = await connected(t, (_, response) =>
      left-- > 0 ? json(response, status(code, 'Busy'), code, { 'retry-after': '0' }) : json(response, { a: 1 }),
    );
    t.deepEqual(await api.create('/x', {}), { a: 1 });
    t.is(scene.a.asked.length, 3);
  });

  test(`nothing is repeated after ${code} when the server does not say when`, async (t) => {
    const { api, scene } = await connected(t, (_, response) => json(response, status(code, 'Busy'), code));
    for (const attempt of [api.create('/x', {}), api.get('/x')])
      t.like(await t.throwsAsync(attempt, { instanceOf: ApiError }), { status: code });
    t.is(scene.a.asked.length, 2);
  });
}

test('a server that stays busy is told to the user in the end', async (t) => {
  const { api, scene } = await connected(t, (_, response) =>
    json(response, status(429, 'TooManyRequests', 'too many'), 429, { 'retry-after': '0' }),
  );
  t.like(await t.throwsAsync(api.get('/x')), { message: 'Error from server (TooManyRequests): too many' });
  t.is(scene.a.asked.length, 6);
});

test('an answer that breaks off is a failure', async (t) => {
  const { api } = await connected(t, (_, response) => {
    response.writeHead(200, { 'content-length': '100' });
    response.write('{"items":[');
    return setTimeout(20).then(() => response.destroy());
  });
  const error = await t.throwsAsync(api.list('/api/v1/pods'), { instanceOf: Failure });
  t.regex(error?.message ?? '', /^Unable to connect to the server: EOF/);
});

test('the ways to write', async (t) => {
  const seen: unknown[] = [];
  const { api } = await connected(t, async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    seen.push([request.method, request.url, request.headers['content-type'], JSON.parse(body)]);
    const done = { kind: 'Status', status: 'Success' };
    json(response, request.method === 'DELETE' ? done : { ok: true });
  });
  const fieldManager = 'kubectl-skyports';
  t.deepEqual(await api.apply('/x', { a: 'ü' }, { fieldManager }), { ok: true });
  await api.apply('/x', {}, { fieldManager, force: true, dryRun: true });
  await api.mergePatch('/x', { a: null });
  await api.mergePatch('/x', {}, { fieldManager, dryRun: true });
  await api.create('/x', { b: 1 });
  t.is(await api.remove('/x'), undefined);
  await api.remove('/x', { uid: 'u', resourceVersion: '5', dryRun: true, propagationPolicy: 'Foreground' });
  t.deepEqual(seen, [
    ['PATCH', '/x?fieldManager=kubectl-skyports&fieldValidation=Strict', 'application/apply-patch+yaml', { a: 'ü' }],
    [
      'PATCH',
      '/x?fieldManager=kubectl-skyports&force=true&fieldValidation=Strict&dryRun=All',
      'application/apply-patch+yaml',
      {},
    ],
    ['PATCH', '/x', 'application/merge-patch+json', { a: null }],
    ['PATCH', '/x?fieldManager=kubectl-skyports&dryRun=All', 'application/merge-patch+json', {}],
    ['POST', '/x', 'application/json', { b: 1 }],
    ['DELETE', '/x', 'application/json', { kind: 'DeleteOptions', apiVersion: 'v1' }],
    [
      'DELETE',
      '/x',
      'application/json',
      {
        kind: 'DeleteOptions',
        apiVersion: 'v1',
        preconditions: { uid: 'u', resourceVersion: '5' },
        propagationPolicy: 'Foreground',
        dryRun: ['All'],
      },
    ],
  ]);
});
