import test from 'ava';
import { groupIntoSkyClusters, headPodOf, isLive, managedJobIdOf } from '../../src/skypilot/sky-cluster.ts';
import { skyNames, skyPod } from '../helpers/skypilot-objects.ts';

const train = skyNames('default', 'train');

test('Pods are grouped by namespace and name on the cloud', (t) => {
  const elsewhere = { ...train, namespace: 'other' };
  const groups = groupIntoSkyClusters([
    skyPod(train),
    skyPod(elsewhere),
    skyPod(train, { worker: 1 }),
    { metadata: { name: 'foreign', namespace: 'default', labels: { app: 'web' } } },
  ]);
  t.deepEqual(
    groups.map(({ namespace, displayName, nameOnCloud, pods }) => [namespace, displayName, nameOnCloud, pods.length]),
    [
      ['default', 'train', 'train-2ea485ef', 2],
      ['other', 'train', 'train-2ea485ef', 1],
    ],
  );
});

test('the display name is the annotation of any Pod, uncut, else the name on the cloud', (t) => {
  const long = { ...train, displayName: 'My.Very_Long.Name', nameOnCloud: 'my-very-lo-4i-2ea485ef' };
  const without = skyPod(long);
  delete without.metadata!.annotations;
  t.is(groupIntoSkyClusters([without])[0]!.displayName, 'my-very-lo-4i-2ea485ef');
  t.is(groupIntoSkyClusters([without, skyPod(long, { worker: 1 })])[0]!.displayName, 'My.Very_Long.Name');
});

const heads = {
  'by skypilot-head-node': { 'skypilot-head-node': '1' },
  'by ray-node-type': { 'ray-node-type': 'head' },
};
for (const [title, labels] of Object.entries(heads)) {
  test(`a head is known ${title}`, (t) => {
    const pod = { metadata: { name: 'x', labels: { 'skypilot-cluster-name': 'c', ...labels } } };
    t.is(headPodOf(groupIntoSkyClusters([pod])[0]!), pod);
  });
}

test('a head is known by its name', (t) => {
  const worker = { metadata: { name: 'c-worker1', labels: { 'skypilot-cluster-name': 'c' } } };
  const head = { metadata: { name: 'c-head', labels: { 'skypilot-cluster-name': 'c' } } };
  t.is(headPodOf(groupIntoSkyClusters([worker, head])[0]!), head);
  t.is(headPodOf(groupIntoSkyClusters([worker])[0]!), undefined);
});

test('an evicted head beside a live one is not the head', (t) => {
  const evicted = skyPod(train, { phase: 'Failed' });
  const live = skyPod(train);
  live.metadata!.name = `${train.nameOnCloud}-deployment-abcde`;
  t.is(headPodOf(groupIntoSkyClusters([evicted, live])[0]!), live);
  t.is(headPodOf(groupIntoSkyClusters([evicted])[0]!), evicted);
});

test('a Pod that is finished or going is not live', (t) => {
  t.true(isLive(skyPod(train)));
  t.true(isLive(skyPod(train, { phase: 'Pending' })));
  t.false(isLive(skyPod(train, { phase: 'Failed' })));
  t.false(isLive({ status: { phase: 'Succeeded' } }));
  t.false(isLive({ metadata: { deletionTimestamp: '2026-11-02T12:00:00Z' }, status: { phase: 'Running' } }));
});

test('the id of a managed job is an annotation, or a label', (t) => {
  const annotated = skyPod(train, { annotations: { 'skypilot-managed-job-id': '17' } });
  t.is(managedJobIdOf(groupIntoSkyClusters([annotated])[0]!), '17');
  const labelled = skyPod(train);
  labelled.metadata!.labels!['skypilot-managed-job-id'] = '18';
  t.is(managedJobIdOf(groupIntoSkyClusters([labelled])[0]!), '18');
  t.is(managedJobIdOf(groupIntoSkyClusters([skyPod(train)])[0]!), undefined);
});

test('of two Pods with the marks of a head, the one of the head’s name', (t) => {
  const pod = (name: string, phase = 'Running') => ({
    metadata: { name, namespace: 'n', labels: { 'skypilot-cluster-name': 'c', 'ray-node-type': 'head' } },
    status: { phase },
  });
  const headOf = (...pods: ReturnType<typeof pod>[]) =>
    headPodOf({ displayName: 'c', nameOnCloud: 'c', namespace: 'n', pods })?.metadata?.name;
  t.is(headOf(pod('aaa-other'), pod('c-head')), 'c-head');
  t.is(headOf(pod('c-head', 'Failed'), pod('c-head-7f9')), 'c-head-7f9', 'a live one goes first');
  t.is(headOf(pod('aaa-other', 'Failed'), pod('c-head', 'Failed')), 'c-head');
});
