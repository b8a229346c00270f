import test from 'ava';
import { UnexpectedAnswerError } from '../../src/kubernetes/api/expected-answer.ts';
import { connected, json } from './connected.ts';

const path = '/api/v1/namespaces/n/services/s';
const service = { kind: 'Service', apiVersion: 'v1', metadata: { namespace: 'n', name: 's', uid: 'u' } };
const other = (metadata: object) => ({ ...service, metadata: { ...service.metadata, ...metadata } });

const notTheService: Readonly<Record<string, unknown>> = {
  nothing: {},
  null: null,
  'a list': { kind: 'ServiceList', items: [] },
  'another kind': { ...service, kind: 'Pod' },
  'another name': other({ name: 't' }),
  'another namespace': other({ namespace: 'm' }),
  'another uid': other({ uid: 'v' }),
  'no metadata': { kind: 'Service' },
  'a success without an object': { kind: 'Status', status: 'Success' },
};

for (const [what, answer] of Object.entries(notTheService)) {
  test(`${what} is not the Service that was meant`, async (t) => {
    const { api } = await connected(t, (_, response) => json(response, answer as object));
    const attempts = [
      ...(what === 'another uid' ? [] : [() => api.get(path)]),
      () => api.apply(path, service, { fieldManager: 'x', uid: 'u' }),
      () => api.mergePatch(path, {}, { uid: 'u' }),
    ];
    for (const attempt of attempts) await t.throwsAsync(attempt(), { instanceOf: UnexpectedAnswerError });
    if (what === 'a success without an object') return t.is(await api.remove(path, { uid: 'u' }), undefined);
    await t.throwsAsync(api.remove(path, { uid: 'u' }), { instanceOf: UnexpectedAnswerError });
  });
}

test('the object itself is believed, and so is a Status of Success about it', async (t) => {
  const { api } = await connected(t, (_, response) => json(response, service));
  t.deepEqual(await api.get(path), service);
  t.is(await api.remove(path, { uid: 'u' }), undefined);
  const details = (name: string, uid: string) => ({ kind: 'Status', status: 'Success', details: { name, uid } });
  const done = await connected(t, (_, response) => json(response, details('s', 'u')));
  t.is(await done.api.remove(path, { uid: 'u' }), undefined);
  for (const [name, uid] of [
    ['t', 'u'],
    ['s', 'v'],
  ] as const) {
    const another = await connected(t, (_, response) => json(response, details(name, uid)));
    await t.throwsAsync(another.api.remove(path, { uid: 'u' }), { instanceOf: UnexpectedAnswerError });
  }
});
