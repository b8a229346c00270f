import test from 'ava';
import type { EndpointSlice } from 'kubernetes-types/discovery/v1';
import type { EndpointState } from '../../src/exposure/endpoint-state.ts';
import { indexSnapshot } from '../../src/exposure/snapshot-index.ts';
import { resolveEndpoints } from '../../src/modes/resolve-endpoints.ts';
import type { Topic } from '../../src/snapshot/topics.ts';
import { type KubernetesObject, lookAt, rowAt, seen } from '../helpers/look.ts';
import { skyLoadBalancer, skyNames, skyPod, sliceOf } from '../helpers/skypilot-objects.ts';

// The first that holds of Unknown, Broken, Pending, NoBackends, Ready.

const train = skyNames('default', 'train');
const head = skyPod(train);
const failed = skyPod(train, { phase: 'Failed', status: { phase: 'Failed', reason: 'Evicted', podIP: '10.0.0.8' } });
const service = skyLoadBalancer(train, [8888], { ip: '203.0.113.5' });
const pending = skyLoadBalancer(train, [8888]);

interface Case {
  readonly objects: readonly KubernetesObject[];
  readonly unseen?: readonly Topic[];
  readonly state: EndpointState;
  readonly reason: RegExp;
}

const sliceWith = (change: (slice: EndpointSlice) => void): EndpointSlice => {
  const slice = sliceOf(service, [head]);
  change(slice);
  return slice;
};

const cases: Readonly<Record<string, Case>> = {
  'address and ready backend': { objects: [head, service], state: 'Ready', reason: /^$/ },
  'conditions.ready absent counts as true': {
    objects: [head, service, sliceWith((slice) => delete slice.endpoints[0]!.conditions)],
    state: 'Ready',
    reason: /^$/,
  },
  'conditions without ready counts as true': {
    objects: [head, service, sliceWith((slice) => delete slice.endpoints[0]!.conditions!.ready)],
    state: 'Ready',
    reason: /^$/,
  },
  'a slice of another port does not count': {
    objects: [head, service, sliceWith((slice) => Object.assign(slice.ports![0]!, { name: 'other' }))],
    state: 'NoBackends',
    reason: /has no ready backend although Pod train-2ea485ef-head is Ready/,
  },
  'an empty slice': {
    objects: [head, service, sliceWith((slice) => slice.endpoints.splice(0))],
    state: 'NoBackends',
    reason: /no ready backend/,
  },
  'an evicted Pod': {
    objects: [failed, service],
    state: 'NoBackends',
    reason: /^Pod train-2ea485ef-head is Failed \(Evicted\)$/,
  },
  'no address and no backend': { objects: [failed, pending], state: 'Pending', reason: /no load balancer has given/ },
  'no address': { objects: [head, pending], state: 'Pending', reason: /no load balancer has given/ },
  'no Pod, no address, no backend': { objects: [pending], state: 'Broken', reason: /has no Pod any more/ },
  'slices forbidden, Pod Ready': { objects: [head, service], unseen: ['endpointSlices'], state: 'Ready', reason: /^$/ },
  'slices forbidden, Pod evicted': {
    objects: [failed, service],
    unseen: ['endpointSlices'],
    state: 'NoBackends',
    reason: /Evicted/,
  },
  'Pods forbidden': { objects: [head, service], unseen: ['pods'], state: 'Ready', reason: /^$/ },
  'Pods forbidden, no backend': {
    objects: [failed, service],
    unseen: ['pods'],
    state: 'NoBackends',
    reason: /^Service train-2ea485ef--skypilot-lb has no ready backend$/,
  },
  'slices and Pods forbidden': {
    objects: [service],
    unseen: ['pods', 'endpointSlices'],
    state: 'Unknown',
    reason: /^endpointslices and pods were not seen \(endpointSlices is forbidden\)$/,
  },
  'slices and Pods forbidden, no address': {
    objects: [pending],
    unseen: ['pods', 'endpointSlices'],
    state: 'Unknown',
    reason: /not seen/,
  },
};
for (const [title, { objects, unseen = [], state, reason }] of Object.entries(cases)) {
  test(`${title}: ${state}`, (t) => {
    const row = rowAt(objects, { unseen });
    t.is(row.state, state);
    t.regex(row.reason, reason);
  });
}

test('a selector that no SkyPilot Pod has is said', (t) => {
  const stray = skyLoadBalancer(train, [8888], { ip: '203.0.113.5' });
  stray.spec!.selector = { component: 'typo' };
  const { state, reason } = rowAt([head, stray]);
  t.is(state, 'NoBackends');
  t.is(reason, 'Service train-2ea485ef--skypilot-lb selects component=typo, and no SkyPilot Pod has that');
});

test('a Service without selector lives by its slices', (t) => {
  const bare = skyLoadBalancer(train, [8888], { ip: '203.0.113.5' });
  const slice = sliceOf(bare, [head]);
  delete bare.spec!.selector;
  t.is(rowAt([head, bare, slice]).state, 'Ready');
  t.regex(rowAt([head, bare]).reason, /has no selector and no ready backend/);
});

test('multi-node: one ready node is enough', (t) => {
  const worker = skyPod(train, { worker: 1, status: { phase: 'Running', podIP: '10.0.0.9' } });
  t.is(rowAt([worker, head, service]).state, 'Ready');
});

test('an evicted head beside a live one', (t) => {
  const live = skyPod(train);
  live.metadata!.name = `${train.nameOnCloud}-deployment-abcde`;
  t.is(rowAt([failed, live, service]).state, 'Ready');
  t.is(rowAt([failed, live, service], { unseen: ['endpointSlices'] }).state, 'Ready');
});

test('NoBackends: no slice yet', (t) => {
  const snapshot = lookAt([head, service]);
  const topics = { ...snapshot.topics, endpointSlices: seen([]) };
  const [row] = resolveEndpoints(indexSnapshot({ ...snapshot, topics }));
  t.is(row?.state, 'NoBackends');
  t.is(
    row?.reason,
    'Kubernetes has written no EndpointSlice for Service train-2ea485ef--skypilot-lb yet (Pod train-2ea485ef-head is Ready)',
  );
});
