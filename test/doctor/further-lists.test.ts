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

test('custom resources are asked for where their group is served, what explains a wait where one waits', (t) => {
  t.deepEqual(asked(at('bare metal', waiting)), []);
  t.deepEqual(asked(at('bare metal', served, 'metallb.io')), ['addressPools', 'l2Advertisements', 'bgpAdvertisements']);
  t.deepEqual(asked(at('bare metal', served, 'cilium.io')), []);
  t.deepEqual(asked(at('bare metal', waiting, 'cilium.io')), ['ciliumPools']);
  t.deepEqual(asked(at('K3s', served)), []);
  t.deepEqual(asked(at('K3s', waiting)), ['serviceLbPods']);
});

test('everything at once is six lists; where there is less room the most telling are asked', (t) => {
  const all = at('K3s', waiting, 'metallb.io', 'cilium.io');
  const six = ['addressPools', 'serviceLbPods', 'ciliumPools', 'l2Advertisements', 'bgpAdvertisements'];
  t.deepEqual(asked(all, 6), six);
  t.deepEqual(asked(all, 1), ['addressPools']);
  t.deepEqual(asked(at('bare metal', waiting, 'cilium.io'), 1), [], 'an older Cilium has them elsewhere: two requests');
  t.deepEqual(asked(all, 0), []);
});
