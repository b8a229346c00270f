import test from 'ava';
import { rowAt, rowsAt } from '../helpers/look.ts';
import {
  ingressNginxService,
  skyIngress,
  skyLoadBalancer,
  skyNames,
  skyPod,
  skyPortService,
} from '../helpers/skypilot-objects.ts';

const train = skyNames('default', 'train');
const head = skyPod(train, { podIP: '10.244.0.7' });
const asked = { ports: [8888], modes: ['podip'] } as const;

test('no object records the ports: rows only for those asked for in this mode', (t) => {
  t.deepEqual(rowsAt([head]), []);
  t.deepEqual(rowsAt([head], {}, { ports: [8888] }), []);
  t.deepEqual(rowsAt([head], {}, { modes: ['podip'] }), []);
  t.like(rowAt([head, skyPod(train, { worker: 1 })], {}, asked), {
    mode: 'podip',
    port: 8888,
    address: '10.244.0.7',
    url: 'http://10.244.0.7:8888',
    inClusterUrl: 'http://10.244.0.7:8888',
    scope: 'cluster',
    state: 'Ready',
    reason: 'no object shows whether anything listens on port 8888',
    managedBy: 'skypilot',
    source: [{ kind: 'Pod', namespace: 'default', name: `${train.nameOnCloud}-head` }],
  });
});

test('SkyPilot prints the same, if it knows the port', (t) => {
  const { skyPilot } = rowAt([head], {}, asked);
  t.is(skyPilot.prints, '10.244.0.7:8888');
  t.is(skyPilot.differs, null);
});

const others = {
  loadbalancer: skyLoadBalancer(train, [9000], { ip: '203.0.113.5' }),
  ingress: skyPortService(train, 9000),
  'ingress ': skyIngress(train, [9000]),
};
for (const [mode, object] of Object.entries(others)) {
  test(`a cluster in ${mode} mode: SkyPilot prints no Pod IP (${object.kind})`, (t) => {
    const { skyPilot } = rowAt([head, object], {}, asked);
    t.is(skyPilot.prints, null);
    t.regex(skyPilot.reason, new RegExp(`opened this cluster's ports in ${mode.trim()} mode`));
  });
}

test('on context kind-skypilot SkyPilot prints what it prints in ingress mode', (t) => {
  const controller = ingressNginxService({ ip: '203.0.113.9' });
  const { skyPilot, url } = rowAt([head, controller], { context: 'kind-skypilot' }, asked);
  t.is(url, 'http://10.244.0.7:8888');
  t.is(skyPilot.prints, 'http://203.0.113.9/skypilot/default/train-2ea485ef/8888');
  t.regex(skyPilot.differs!, /SkyPilot prints host 203\.0\.113\.9/);
});

test('a head without an IP is Pending, a failed one has no backend', (t) => {
  t.like(rowAt([skyPod(train, { phase: 'Pending' })], {}, asked), {
    state: 'Pending',
    reason: 'Pod train-2ea485ef-head is Pending',
    url: null,
    inClusterUrl: null,
  });
  const failed = skyPod(train, { status: { phase: 'Failed', podIP: '10.244.0.8' } });
  t.like(rowAt([failed], {}, asked), { state: 'NoBackends', reason: 'Pod train-2ea485ef-head is Failed' });
});

test('of an evicted and a live head the live one; SkyPilot looks for the Pod named C-head', (t) => {
  const evicted = skyPod(train, { status: { phase: 'Failed' } });
  const live = skyPod(train, { podIP: '10.244.0.9' });
  live.metadata!.name = `${train.nameOnCloud}-deployment-abcde`;
  const row = rowAt([evicted, live], {}, asked);
  t.like(row, { address: '10.244.0.9', state: 'Ready' });
  t.is(row.skyPilot.prints, null);
  t.is(row.skyPilot.differs, 'SkyPilot prints nothing for this port');
});

test('without a head there is no row', (t) => t.deepEqual(rowsAt([skyPod(train, { worker: 1 })], {}, asked), []));
