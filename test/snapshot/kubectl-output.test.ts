import test from 'ava';
import { answersFrom, readKubectlOutput } from '../../src/snapshot/kubectl-output.ts';
import type { TopicRequest } from '../../src/snapshot/snapshot.ts';
import type { Topic } from '../../src/snapshot/topics.ts';
import type { Json } from '../helpers/cluster.ts';

const object = (kind: string, key: string, more: Json = {}, apiVersion = 'v1'): Json => {
  const [namespace, name] = key.split('/');
  return { apiVersion, kind, ...more, metadata: { namespace, name, ...more.metadata } };
};
const listOf = (...items: Json[]) => [{ apiVersion: 'v1', kind: 'List', items }];
const ofAll = [object('Service', 'default/kubernetes'), object('Service', 'kube-system/kube-dns')];

function namesIn(documents: readonly unknown[], topic: Topic, request: TopicRequest): string[] | undefined {
  const { [topic]: answer } = answersFrom(readKubectlOutput(documents), { [topic]: request });
  return answer?.observed ? answer.items.map((each) => (each as Json).metadata.name) : undefined;
}

const pods = { path: '/api/v1/pods', labelSelector: 'app in (a,b)' };

test('a request takes objects by namespace, labels and fields', (t) => {
  const labelled = (key: string, app: string) => object('Pod', key, { metadata: { labels: { app } } });
  const documents = listOf(...ofAll, labelled('x/one', 'a'), labelled('y/two', 'b'), labelled('x/three', 'c'));
  t.deepEqual(namesIn(documents, 'loadBalancerPods', pods), ['one', 'two']);
  const inX = { path: '/api/v1/namespaces/x/pods', fieldSelector: 'metadata.name!=one' };
  t.deepEqual(namesIn(documents, 'loadBalancerPods', inX), ['three']);
});

test('a kind that was not printed is not an empty list, an empty list of a kind is', (t) => {
  t.is(namesIn(listOf(...ofAll), 'events', { path: '/api/v1/events' }), undefined);
  t.deepEqual(
    namesIn([...listOf(...ofAll), { kind: 'EventList', items: [] }], 'events', { path: '/api/v1/events' }),
    [],
  );
});

test('no Pod of a load balancer is told only by the Pods of all namespaces without a selector', (t) => {
  const pod = object('Pod', 'default/head');
  t.deepEqual(namesIn(listOf(...ofAll, pod), 'loadBalancerPods', pods), []);
  t.is(namesIn(listOf(pod), 'loadBalancerPods', pods), undefined);
  t.is(namesIn(listOf(object('Service', 'default/kubernetes'), pod), 'loadBalancerPods', pods), undefined);
  t.is(namesIn(listOf(object('Service', 'a/lb'), object('Service', 'b/lb'), pod), 'loadBalancerPods', pods), undefined);
});

test('kinds of the same name in other API groups are left out, but the groups count as served', (t) => {
  const knative = object('Service', 'default/app', {}, 'serving.knative.dev/v1');
  const documents = listOf(...ofAll, knative);
  t.deepEqual(namesIn(documents, 'services', { path: '/api/v1/services' }), ['kubernetes', 'kube-dns']);
  t.deepEqual(readKubectlOutput(documents).apiGroups, [{ name: 'serving.knative.dev' }]);
});

test('events of both API groups are read, Warnings only when Warnings are requested', (t) => {
  const regarding = { kind: 'Service', namespace: 'default', name: 'web' };
  const event = (name: string, type: string) =>
    object('Event', `default/${name}`, { type, regarding, note: 'no address', deprecatedCount: 3 }, 'events.k8s.io/v1');
  const documents = listOf(event('bad', 'Warning'), event('good', 'Normal'));
  const output = readKubectlOutput(documents);
  const { events } = answersFrom(output, { events: { path: '/api/v1/events', fieldSelector: 'type=Warning' } });
  t.like(events, { observed: true, items: [{ message: 'no address', count: 3, involvedObject: regarding }] });
});

test('of an object that was printed twice the last one counts', (t) => {
  const [one, two] = ['1', '2'].map((app) => object('Pod', 'x/p', { metadata: { labels: { app } } }));
  const output = readKubectlOutput([...listOf(one!), ...listOf(two!)]);
  t.deepEqual(
    output.objects.get('Pod')!.map(({ metadata }) => metadata?.labels?.app),
    ['2'],
  );
});

test('the time is the latest that the objects record', (t) => {
  const created = (key: string, creationTimestamp: string, more: Json = {}) =>
    object('Pod', key, { ...more, metadata: { creationTimestamp } });
  const newest = (...items: Json[]) => readKubectlOutput(listOf(...items)).newest;
  const old = created('x/a', '2026-11-20T09:00:00Z');
  t.is(newest(old), undefined, 'one time says only when it was created');
  t.is(newest(old, created('x/b', '2026-11-20T09:00:00Z')), undefined);
  t.is(newest(old, created('x/b', '2026-11-20T10:00:00Z')), '2026-11-20T10:00:00.000Z');
  const going = object('Pod', 'x/c', { metadata: { deletionTimestamp: '2026-11-21T00:00:00Z' } });
  t.is(newest(old, going), undefined, 'a deletionTimestamp is in the future');
  const lease = object('Lease', 'kube-node-lease/n', { spec: { renewTime: '2026-11-20T12:34:56.123456Z' } });
  t.is(newest(old, lease), '2026-11-20T12:34:56.123Z', 'of any kind');
});
