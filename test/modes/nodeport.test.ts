import test from 'ava';
import type { Node, Service } from 'kubernetes-types/core/v1';
import { rowAt } from '../helpers/look.ts';
import { skyNames, skyPod, sliceOf } from '../helpers/skypilot-objects.ts';

const train = skyNames('default', 'train');
const head = skyPod(train, { nodeName: 'b' });

function node(name: string, addresses: Readonly<Record<string, string>>, ready = true): Node {
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name },
    status: {
      conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }],
      addresses: Object.entries(addresses).map(([type, address]) => ({ type, address })),
    },
  };
}

function service(spec: Service['spec'] = {}): Service {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'by-hand', namespace: 'default' },
    spec: {
      type: 'NodePort',
      selector: { component: `${train.nameOnCloud}-head` },
      ports: [{ name: 'port8888', port: 8888, targetPort: 8888, nodePort: 30123 }],
      ...spec,
    },
  };
}

const cases: Readonly<Record<string, [Node[], string[], string | null]>> = {
  'ExternalIPs before InternalIPs': [
    [node('a', { InternalIP: '10.0.0.1' }), node('b', { InternalIP: '10.0.0.2', ExternalIP: '203.0.113.7' })],
    ['203.0.113.7', '10.0.0.1', '10.0.0.2'],
    'public',
  ],
  'InternalIP alone': [[node('a', { InternalIP: '10.0.0.1', Hostname: 'a' })], ['10.0.0.1'], 'private'],
  'Ready nodes only': [
    [node('a', { InternalIP: '10.0.0.1' }, false), node('b', { InternalIP: '10.0.0.2' })],
    ['10.0.0.2'],
    'private',
  ],
  'no Ready node': [[node('a', { InternalIP: '10.0.0.1' }, false)], [], null],
};
for (const [title, [nodes, addresses, scope]] of Object.entries(cases)) {
  test(title, (t) => {
    const row = rowAt([head, service(), ...nodes]);
    t.deepEqual(row.addresses, addresses);
    t.is(row.scope, scope as never);
    t.is(row.url, addresses[0] ? `http://${addresses[0]}:30123` : null);
    t.is(row.state, addresses[0] ? 'Ready' : 'Pending');
    t.like(row, { mode: 'nodeport', port: 8888, inClusterUrl: 'http://by-hand.default.svc:8888', managedBy: 'other' });
    if (!addresses[0]) t.is(row.reason, 'no Ready node has an address');
  });
}

const nodes = [node('a', { InternalIP: '10.0.0.1' }), node('b', { InternalIP: '10.0.0.2' })];

test('externalTrafficPolicy Local: only nodes with a backend answer', (t) => {
  t.deepEqual(rowAt([head, service({ externalTrafficPolicy: 'Local' }), ...nodes]).addresses, ['10.0.0.2']);
  const local = { ...service(), spec: { ...service().spec, externalTrafficPolicy: 'Local' } };
  t.deepEqual(rowAt([head, local, ...nodes], { unseen: ['endpointSlices'] }).addresses, ['10.0.0.2']);
});

test('externalTrafficPolicy Local, and nobody says which node the backend is on: all of them', (t) => {
  const local = service({ externalTrafficPolicy: 'Local' });
  const slice = sliceOf(local, [head]);
  delete slice.endpoints[0]!.nodeName;
  t.deepEqual(rowAt([head, local, slice, ...nodes]).addresses, ['10.0.0.1', '10.0.0.2']);
});

test('nodes not seen', (t) => {
  const row = rowAt([head, service()], { unseen: ['nodes'] });
  t.like(row, { state: 'Unknown', reason: 'nodes were not seen (nodes is forbidden)', url: null });
});

test('no nodePort yet', (t) => {
  const row = rowAt([head, service({ ports: [{ port: 8888 }] }), ...nodes]);
  t.like(row, { state: 'Pending', reason: 'port 8888 of Service by-hand has no nodePort', address: null });
});

test('UDP has an address and no URL', (t) => {
  const row = rowAt([head, service({ ports: [{ port: 53, protocol: 'UDP', nodePort: 30053 }] }), ...nodes]);
  t.like(row, { url: null, inClusterUrl: null, address: '10.0.0.1', addressPort: 30053, protocol: 'UDP' });
});
