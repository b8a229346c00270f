import test from 'ava';
import { keyOf, referenceTo } from '../../src/snapshot/object-reference.ts';
import { changesAnything, type PlannedWrite } from '../../src/snapshot/plan.ts';
import { collectionPath, objectPath } from '../../src/snapshot/resource-paths.ts';
import { snapshotOf } from '../../src/snapshot/snapshot.ts';
import { allTopics, itemsOf } from '../../src/snapshot/topics.ts';
import { forbidden, seen } from '../helpers/look.ts';

const about = { context: 'prod', namespace: 'default', takenAt: '2026-11-02T12:00:00Z' };

test('what nobody asked for is not collected, never empty', (t) => {
  const pods = seen([{ metadata: { name: 'train' } }]);
  const { topics, ...rest } = snapshotOf(about, { pods });
  t.deepEqual(rest, about);
  t.deepEqual(Object.keys(topics).sort(), [...allTopics].sort());
  t.is(topics.pods, pods);
  const { services } = topics;
  t.false(services.observed);
  t.is(services.observed ? '' : services.reason, 'not-collected');
});

test('items of what was not seen are none', (t) => {
  t.deepEqual(itemsOf(seen([1, 2])), [1, 2]);
  t.deepEqual(itemsOf(forbidden('pods')), []);
});

test('references and keys', (t) => {
  const object = { metadata: { namespace: 'default', name: 'train-head' } };
  t.deepEqual(referenceTo('Pod', object), { kind: 'Pod', namespace: 'default', name: 'train-head' });
  t.is(keyOf(object), 'default/train-head');
  t.is(keyOf({}), '/');
});

const paths = {
  '/api/v1/namespaces/default/pods': collectionPath('Pod', 'default'),
  '/api/v1/pods': collectionPath('Pod', null),
  '/api/v1/nodes': collectionPath('Node', null),
  '/apis/networking.k8s.io/v1/ingressclasses': collectionPath('IngressClass', null),
  '/apis/discovery.k8s.io/v1/namespaces/a/endpointslices': collectionPath('EndpointSlice', 'a'),
  '/apis/networking.k8s.io/v1/namespaces/a/ingresses/b': objectPath('Ingress', 'a', 'b'),
  '/api/v1/namespaces/a/services/b': objectPath('Service', 'a', 'b'),
};
for (const [expected, path] of Object.entries(paths)) test(expected, (t) => t.is(path, expected));

test('a plan of unchanged writes changes nothing', (t) => {
  const write = (effect: PlannedWrite['effect']) => ({ kind: 'Service', manifest: {}, effect, ports: [] }) as const;
  const removal = { kind: 'Service', namespace: 'a', name: 'b', uid: 'u', resourceVersion: '1' };
  t.false(changesAnything({ writes: [write('unchanged')], removals: [], warnings: ['x'] }));
  t.true(changesAnything({ writes: [write('unchanged'), write('changed')], removals: [], warnings: [] }));
  t.true(changesAnything({ writes: [write('created')], removals: [], warnings: [] }));
  t.true(changesAnything({ writes: [], removals: [removal], warnings: [] }));
});
