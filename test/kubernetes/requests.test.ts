import { setTimeout } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import test from 'ava';
import { Failure } from '../../src/errors/failure.ts';
import { ApiError } from '../../src/kubernetes/api-error.ts';
import { connect } from '../../src/kubernetes/connect.ts';
import { kubeconfig } from './beside-kubectl.ts';
import { connected, json, status } from './connected.ts';
import type { Answer } from './recording-server.ts';
import { systemForTest } from './system-for-test.ts';

/** A server of `names` in pages, as long as `continue` is one it gave. */
function pages(names: readonly string[], seen: string[]): Answer {
  return (request, response) => {
    const query = new URL(request.url!, 'https://x').searchParams;
    seen.push(query.toString());
    const from = Number(query.get('continue') ?? 0);
    const limit = Number(query.get('limit') ?? names.length);
    const items = names.slice(from, from + limit).map((name) => ({ metadata: { name } }));
    const next = from + limit < names.length ? String(from + limit) : undefined;
    json(response, { kind: 'PodList', metadata: { resourceVersion: `v${from}`, continue: next }, items });
  };
}

test('a list follows its pages to the end and has the version of the first', async (t) => {
  const seen: string[] = [];
  const { api } = await connected(t, pages(['a', 'b', 'c', 'd', 'e'], seen));
  const list = await api.list<{ metadata: { name: string } }>('/api/v1/pods', {
    pageSize: 2,
    labelSelector: 'a=b,c in (d)',
    fieldSelector: 'x=y',
  });
  t.is(list.items.map(({ metadata }) => metadata.name).join(''), 'abcde');
  t.like(list, { resourceVersion: 'v0', cutOff: false });
  t.deepEqual(
    seen.map((query) => Object.fromEntries(new URLSearchParams(query))),
    [
      { labelSelector: 'a=b,c in (d)', fieldSelector: 'x=y', limit: '2' },
      { labelSelector: 'a=b,c in (d)', fieldSelector: 'x=y', limit: '2', continue: '2' },
      { labelSelector: 'a=b,c in (d)', fieldSelector: 'x=y', limit: '2', continue: '4' },
    ],
  );
});

test('500 objects a page when nothing else is said, and only one page when that is enough', async (t) => {
  const seen: string[] = [];
  const { api } = await connected(t, pages(Array.from({ length: 501 }, String), seen));
  const first = await api.list('/api/v1/nodes', { firstPageOnly: true });
  t.like(first, { cutOff: true, items: { length: 500 } });
  t.deepEqual(seen, ['limit=500']);
  t.like(await api.list('/api/v1/nodes', { firstPageOnly: true, pageSize: 501 }), {
    cutOff: false,
    items: { length: 501 },
  });
});

test('a list whose next page has expired begins again without pages', async (t) => {
  const seen: string[] = [];
  const all = pages(['a', 'b', 'c'], seen);
  const { api } = await connected(t, (request, response) =>
    request.url!.includes('continue=2')
      ? json(response, status(410, 'Expired', 'The provided continue parameter is too old'), 410)
      : all(request, response),
  );
  const list = await api.list<{ metadata: { name: string } }>('/api/v1/pods', { pageSize: 2 });
  t.is(list.items.map(({ metadata }) => metadata.name).join(''), 'abc');
  t.deepEqual(seen, ['limit=2', '']);
});

test('a 410 to the first page, or again, is an error', async (t) => {
  const { api, scene } = await connected(t, (_, response) => json(response, status(410, 'Expired'), 410));
  t.like(await t.throwsAsync(api.list('/api/v1/pods')), { status: 410, reason: 'Expired' });
  t.is(scene.a.asked.length, 1);
});

test('what other managers own is dropped from lists, and all else is as the server says', async (t) => {
  const managedFields = [
    { manager: 'kubectl-skyports', fieldsV1: { f: 1 } },
    { manager: 'kubectl', fieldsV1: {} },
  ];
  const items = [
    { metadata: { name: 'a', managedFields } },
    { metadata: { name: 'b' } },
    { metadata: { name: 'c', managedFields: [] } },
  ];
  const { api } = await connected(t, (_, response) => json(response, { metadata: { resourceVersion: '1' }, items }));
  const list = await api.list('/api/v1/services');
  t.deepEqual(list.items, [
    { metadata: { name: 'a', managedFields: [managedFields[0]] } },
    { metadata: { name: 'b' } },
    { metadata: { name: 'c', managedFields: [] } },
  ]);
});

test('a list of null items is an empty one', async (t) => {
  const { api } = await connected(t, (_, response) =>
    json(response, { metadata: { resourceVersion: '7' }, items: null }),
  );
  t.deepEqual(await api.list('/api/v1/pods'), { items: [], resourceVersion: '7', cutOff: false });
});

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
      json(response, { items: [] });
    },
    { requestTimeout: '1m30s' },
  );
  await api.list('/api/v1/pods');
  t.regex(
    seen[0]!,
    /^kubectl-skyports\/\d+\.\d+\.\d+\S* \(\w+\/\w+\) application\/json \/api\/v1\/pods\?limit=500&timeout=90s$/,
  );
});

test('lists go out at the same time, over connections that are kept', async (t) => {
  const ports = new Set<number>();
  let [under, most] = [0, 0];
  const { api } = await connected(t, async (request, response) => {
    ports.add(request.socket.remotePort!);
    most = Math.max(most, ++under);
    await setTimeout(100);
    under--;
    json(response, { items: [] });
  });
  for (let round = 0; round < 3; round++) await Promise.all(Array.from({ length: 8 }, () => api.list('/api/v1/pods')));
  t.is(most, 8);
  t.is(ports.size, 8);
});

test('a hundred writes at once share 16 connections, and none is taken for one that does not shake hands', async (t) => {
  const ports = new Set<number>();
  const warnings: Error[] = [];
  const warn = (warning: Error) => warnings.push(warning);
  process.on('warning', warn);
  t.teardown(() => process.off('warning', warn));
  const { api } = await connected(t, (request, response) => {
    ports.add(request.socket.remotePort!);
    // The last in the queue waits for more than the 10 s that a handshake may take.
    return setTimeout(ports.size < 16 ? 20 : request.url === '/last' ? 10_500 : 20).then(() => json(response, {}));
  });
  await Promise.all(
    Array.from({ length: 100 }, (_, index) => api.create(index === 99 ? '/last' : '/api/v1/services', {})),
  );
  t.is(ports.size, 16);
  t.deepEqual(warnings, []);
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

  test(`a write is not repeated after ${code}, nor a read when the server does not say when`, async (t) => {
    const { api, scene } = await connected(t, (request, response) =>
      json(response, status(code, 'Busy'), code, request.method === 'GET' ? {} : { 'retry-after': '0' }),
    );
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

/** Answers the first request of each connection, and closes the connection at the second without an answer. */
function closesKept(): Answer {
  const known = new Set<number>();
  return (request, response) => {
    const port = request.socket.remotePort!;
    if (known.has(port)) return request.socket.destroy();
    known.add(port);
    json(response, {});
  };
}

test('a read on a kept connection that was closed is repeated', async (t) => {
  const { api, scene } = await connected(t, closesKept());
  await api.get('/first');
  t.deepEqual(await api.get('/second'), {});
  t.deepEqual(
    scene.a.asked.map(({ path }) => path),
    ['/first', '/second', '/second'],
  );
});

test('a write on a kept connection that was closed is not repeated: it may have arrived', async (t) => {
  const { api, scene } = await connected(t, closesKept());
  await api.get('/first');
  const error = await t.throwsAsync(api.create('/second', {}), { instanceOf: Failure });
  t.regex(error?.message ?? '', /^Unable to connect to the server: EOF/);
  t.deepEqual(
    scene.a.asked.map(({ path }) => path),
    ['/first', '/second'],
  );
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
    json(response, { ok: true });
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
