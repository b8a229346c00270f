import test from 'ava';
import { ApiError } from '../../src/kubernetes/api/api-error.ts';
import { UnexpectedAnswerError } from '../../src/kubernetes/api/expected-answer.ts';
import { connected, json, status } from './connected.ts';
import type { Answer } from './recording-server.ts';

/** A server of `names` in pages, as long as `continue` is one it gave. */
function pages(names: readonly string[], seen: string[]): Answer {
  return (request, response) => {
    const query = new URL(request.url!, 'https://x').searchParams;
    seen.push(query.toString());
    const from = Number(query.get('continue') ?? 0);
    const limit = Number(query.get('limit') ?? names.length);
    const items = names.slice(from, from + limit).map((name) => ({ metadata: { name } }));
    const next = from + limit < names.length ? String(from + limit) : undefined;
    const kind = request.url!.includes('/nodes') ? 'NodeList' : 'PodList';
    json(response, { kind, metadata: { resourceVersion: `v${from}`, continue: next }, items });
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

test('1000 objects a page when nothing else is said, and only one page when that is enough', async (t) => {
  const seen: string[] = [];
  const { api } = await connected(t, pages(Array.from({ length: 1001 }, String), seen));
  const first = await api.list('/api/v1/nodes', { firstPageOnly: true });
  t.like(first, { cutOff: true, items: { length: 1000 } });
  t.deepEqual(seen, ['limit=1000']);
  t.like(await api.list('/api/v1/nodes', { firstPageOnly: true, pageSize: 1001 }), {
    cutOff: false,
    items: { length: 1001 },
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

test('of what other managers own, lists keep only the conditions, and all else is as the server says', async (t) => {
  const whole = { '.': {}, 'f:status': {} };
  const about = { operation: 'Update', subresource: 'status', time: '2026-11-24T12:00:00Z' };
  const managedFields = [
    { manager: 'kubectl-skyports', fieldsV1: { f: 1 } },
    {
      manager: 'kubectl',
      operation: 'Update',
      time: '2026-11-24T11:00:00Z',
      fieldsV1: { 'f:spec': { 'f:ports': {} } },
    },
    {
      manager: 'cloud',
      ...about,
      fieldsV1: { 'f:status': { 'f:conditions': { 'k:{"type":"Ready"}': whole }, 'f:x': {} } },
    },
    null,
  ];
  const kept = [
    managedFields[0],
    { manager: 'kubectl', operation: 'Update', time: '2026-11-24T11:00:00Z', fieldsV1: undefined },
    { manager: 'cloud', ...about, fieldsV1: { 'f:status': { 'f:conditions': { 'k:{"type":"Ready"}': {} } } } },
  ];
  const items = [
    { metadata: { name: 'a', managedFields } },
    { metadata: { name: 'b' } },
    { metadata: { name: 'c', managedFields: [] } },
  ];
  const { api } = await connected(t, (_, response) =>
    json(response, { kind: 'ServiceList', metadata: { resourceVersion: '1' }, items }),
  );
  const list = await api.list('/api/v1/services');
  t.deepEqual(list.items, [
    { metadata: { name: 'a', managedFields: kept } },
    { metadata: { name: 'b' } },
    { metadata: { name: 'c', managedFields: [] } },
  ]);
});

test('a list can forget the arguments of containers, but not malformed ones', async (t) => {
  const podOf = (...containers: unknown[]) => ({ metadata: { name: 'a' }, spec: { containers } });
  const items = [podOf({ name: 'ray-node', args: ['a long script'] }, { name: 'sidecar' }, null), podOf({ args: [1] })];
  const { api } = await connected(t, (_, response) =>
    json(response, { kind: 'PodList', metadata: { resourceVersion: '1' }, items }),
  );
  t.deepEqual((await api.list('/api/v1/pods')).items, items);
  t.deepEqual((await api.list('/api/v1/pods', { withoutArguments: true })).items, [
    podOf({ name: 'ray-node', args: [] }, { name: 'sidecar' }, null),
    podOf({ args: [1] }),
  ]);
});

test('a list of metadata has null for no items, as kube-apiserver sends it', async (t) => {
  const { api } = await connected(t, (_, response) =>
    json(response, { kind: 'PartialObjectMetadataList', metadata: { resourceVersion: '7' }, items: null }),
  );
  t.deepEqual(await api.list('/api/v1/pods', { metadataOnly: true }), {
    items: [],
    resourceVersion: '7',
    cutOff: false,
  });
  await t.throwsAsync(api.list('/api/v1/pods'), { instanceOf: UnexpectedAnswerError });
});

const notLists = [
  {},
  [],
  7,
  null,
  'text',
  { status: 'ok' },
  { items: [] },
  { kind: 'Pod', items: [] },
  { kind: 'PodList' },
  { kind: 'PodList', items: null },
  { kind: 'PodList', items: 'abc' },
  { kind: 'PodList', items: {} },
  { kind: 'PodList', items: [null] },
  { kind: 'PodList', items: [7] },
  { kind: 7, items: [] },
  { kind: 'Status', status: 'Success' },
];
for (const value of notLists) {
  test(`${JSON.stringify(value)} is not a list`, async (t) => {
    const { api } = await connected(t, (_, response) => json(response, value as object));
    const error = await t.throwsAsync(api.list('/api/v1/pods'), { instanceOf: UnexpectedAnswerError });
    t.regex(
      error?.message ?? '',
      /^unexpected response from the server: .* answered GET \/api\/v1\/pods with .* instead of a (PodList|list of objects)$/s,
    );
    t.is(error?.exitCode, 1);
  });
}

test('a Status within an answer of success is what it says', async (t) => {
  const { api } = await connected(t, (_, response) => json(response, status(403, 'Forbidden', 'no'), 200));
  t.like(await t.throwsAsync(api.list('/api/v1/pods'), { instanceOf: ApiError }), { status: 403, exitCode: 4 });
});
