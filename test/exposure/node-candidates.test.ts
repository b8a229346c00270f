import test from 'ava';
import type { Node, NodeAddress } from 'kubernetes-types/core/v1';
import { nodeCandidates } from '../../src/exposure/controllers/node-candidates.ts';

interface NodeOptions {
  readonly ready?: boolean;
  readonly roles?: readonly string[];
  readonly external?: string;
  readonly internal?: string;
}

function node(name: string, { ready = true, roles = [], external, internal }: NodeOptions): Node {
  const addresses: NodeAddress[] = [{ type: 'Hostname', address: name }];
  if (internal) addresses.push({ type: 'InternalIP', address: internal });
  if (external) addresses.push({ type: 'ExternalIP', address: external });
  return {
    metadata: { name, labels: Object.fromEntries(roles.map((role) => [`node-role.kubernetes.io/${role}`, ''])) },
    status: { conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }], addresses },
  };
}

const addresses = (...args: Parameters<typeof nodeCandidates>) => nodeCandidates(...args).map(({ address }) => address);

test('ExternalIPs come before InternalIPs, with node and type', (t) => {
  const nodes = [
    node('gpu-1', { internal: '10.0.0.1', external: '203.0.113.1' }),
    node('gpu-2', { internal: '10.0.0.2', external: '203.0.113.2' }),
  ];
  t.deepEqual(addresses(nodes), ['203.0.113.1', '203.0.113.2', '10.0.0.1', '10.0.0.2']);
  t.deepEqual(nodeCandidates(nodes)[0], { address: '203.0.113.1', node: 'gpu-1', type: 'ExternalIP' });
});

test('a node that is not Ready is no candidate', (t) => {
  t.deepEqual(addresses([node('a', { ready: false, external: '203.0.113.1' }), node('b', { internal: '10.0.0.2' })]), [
    '10.0.0.2',
  ]);
});

test('nodes that are only control plane come in when there are no others', (t) => {
  const server = node('server', { roles: ['control-plane', 'etcd'], internal: '10.0.0.1' });
  t.deepEqual(addresses([server]), ['10.0.0.1']);
  t.deepEqual(addresses([server, node('gpu-1', { internal: '10.0.0.2' })]), ['10.0.0.2']);
  const both = node('both', { roles: ['control-plane', 'worker'], internal: '10.0.0.3' });
  t.deepEqual(addresses([server, both]), ['10.0.0.3']);
});

test('with the nodes of the controller given, no other is a candidate', (t) => {
  const nodes = [node('a', { external: '203.0.113.1' }), node('b', { external: '203.0.113.2' })];
  t.deepEqual(addresses(nodes, { onNodes: new Set(['b']) }), ['203.0.113.2']);
  t.deepEqual(addresses(nodes, { onNodes: new Set() }), []);
});

test('IPv6 addresses are left out: SkyPilot would print them without brackets', (t) => {
  t.deepEqual(addresses([node('a', { external: '2001:db8::7', internal: '10.0.0.1' })]), ['10.0.0.1']);
});
