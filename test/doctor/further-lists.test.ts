import test from 'ava';
import { furtherLists } from '../../src/doctor/what-to-collect.ts';
import type { Snapshot } from '../../src/snapshot/snapshot.ts';
import { seen } from '../helpers/look.ts';
import { platformClusters } from '../platforms/clusters.ts';

const waiting = {
  metadata: { name: 'train', namespace: 'default' },
  spec: { type: 'LoadBalancer', ports: [{ port: 80 }] },
};
const served = { ...waiting, status: { loadBalancer: { ingress: [{ ip: '203.0.113.1' }] } } };

function at(name: string, service: object, ...groups: string[]): Snapshot {
  const { snapshot } = platformClusters[name]!;
  const { topics } = snapshot;
  return {
    ...snapshot,
    topics: { ...topics, services: seen([service]), apiGroups: seen(groups.map((group) => ({ name: group }))) },
  };
}
const asked = (snapshot: Snapshot, room = 6) => Object.keys(furtherLists(snapshot, room));

const ofMetallb = ['l2Advertisements', 'bgpAdvertisements'];
const ofServed = ['metallbSpeakers', 'serviceL2Statuses'];

test('custom resources are asked for where their group is served, what explains a wait where one waits', (t) => {
  t.deepEqual(asked(at('bare metal', waiting)), []);
  t.deepEqual(asked(at('bare metal', waiting, 'metallb.io')), ['addressPools', ...ofMetallb]);
  t.deepEqual(asked(at('bare metal', waiting, 'cilium.io')), ['ciliumPools']);
  t.deepEqual(asked(at('K3s', served)), []);
  t.deepEqual(asked(at('K3s', waiting)), ['serviceLbPods', 'serviceLbDaemonSets']);
});

const pooled = {
  ...served,
  metadata: { ...served.metadata, annotations: { 'metallb.io/ip-allocated-from-pool': 'lan' } },
};
const satisfied = [{ type: 'cilium.io/IPAMRequestSatisfied', status: 'True' }];
const byCilium = { ...served, status: { ...served.status, conditions: satisfied } };

test('who answers for an address is asked where its implementation has given one', (t) => {
  t.deepEqual(asked(at('bare metal', pooled, 'metallb.io')), ['addressPools', ...ofMetallb, ...ofServed]);
  t.deepEqual(asked(at('bare metal', byCilium, 'cilium.io')), [
    'ciliumL2Policies',
    'leases',
    'ciliumBgpAdvertisements',
  ]);
  t.deepEqual(asked(at('bare metal', served, 'metallb.io', 'cilium.io')), ['addressPools', ...ofMetallb]);
  const nodePort = { ...pooled, spec: { type: 'NodePort', ports: [{ port: 80 }] } };
  t.deepEqual(asked(at('bare metal', nodePort, 'metallb.io')), ['addressPools', ...ofMetallb]);
  t.true(asked(at('K3s with MetalLB', served, 'metallb.io'), 8).includes('serviceLbPods'), 'both may take it');
});

test('speakers that are among the Pods of the load balancers are not asked for again', (t) => {
  const labels = { 'app.kubernetes.io/name': 'metallb', 'app.kubernetes.io/component': 'speaker' };
  const snapshot = at('bare metal', pooled, 'metallb.io');
  const loadBalancerPods = seen([{ metadata: { name: 'speaker-1', namespace: 'metallb-system', labels } }]);
  t.false(asked({ ...snapshot, topics: { ...snapshot.topics, loadBalancerPods } }).includes('metallbSpeakers'));
});

test('where there is less room the most telling are asked', (t) => {
  const all = at('K3s', waiting, 'metallb.io', 'cilium.io');
  const six = ['addressPools', 'serviceLbPods', 'ciliumPools', ...ofMetallb];
  t.deepEqual(asked(all, 6), six, 'Cilium counts twice');
  t.deepEqual(asked(all, 7), [...six, 'serviceLbDaemonSets']);
  t.deepEqual(asked(all, 1), ['addressPools']);
  t.deepEqual(asked(at('bare metal', waiting, 'cilium.io'), 1), [], 'an older Cilium has them elsewhere: two requests');
  t.deepEqual(asked(all, 0), []);
});
