import test from 'ava';
import fc from 'fast-check';
import { ownedFieldsOf } from '../../../src/exposure/plan/owned-fields.ts';
import { applied } from '../../helpers/server-side-apply.ts';

test('what we applied and nothing that others own', (t) => {
  const live = {
    metadata: {
      name: 'x',
      namespace: 'default',
      uid: 'u',
      resourceVersion: '9',
      labels: { ours: '1', theirs: '2' },
      annotations: { theirs: '3' },
      finalizers: ['example.com/a', 'example.com/b'],
      managedFields: [
        { manager: 'kubectl-skyports', operation: 'Update', fieldsV1: { 'f:spec': { 'f:clusterIP': {} } } },
        { manager: 'kubectl-skyports', operation: 'Apply', subresource: 'status', fieldsV1: { 'f:status': {} } },
        {
          manager: 'kubectl-skyports',
          operation: 'Apply',
          fieldsV1: {
            'f:metadata': { 'f:labels': { 'f:ours': {}, 'f:gone': {} }, 'f:finalizers': { 'v:"example.com/b"': {} } },
            'f:spec': {
              'f:selector': {},
              'f:ports': {
                'k:{"port":80,"protocol":"TCP"}': { '.': {}, 'f:port': {}, 'f:name': {} },
                'k:{"port":81,"protocol":"TCP"}': { '.': {}, 'f:port': {} },
              },
            },
          },
        },
        { manager: 'kubectl', operation: 'Apply', fieldsV1: { 'f:metadata': { 'f:labels': { 'f:theirs': {} } } } },
      ],
    },
    spec: {
      clusterIP: '10.96.0.9',
      selector: { component: 'a', b: 'c' },
      ports: [
        { port: 80, protocol: 'UDP', name: 'other' },
        { port: 80, protocol: 'TCP', name: 'web', nodePort: 30080 },
      ],
    },
  };
  t.deepEqual(ownedFieldsOf(live) as object, {
    metadata: { name: 'x', namespace: 'default', labels: { ours: '1' }, finalizers: ['example.com/b'] },
    spec: { selector: { component: 'a', b: 'c' }, ports: [{ port: 80, protocol: 'TCP', name: 'web' }] },
  });
});

test('of what we never applied nothing is ours', (t) => {
  const metadata = {
    name: 'x',
    namespace: 'default',
    labels: { a: 'b' },
    managedFields: [{ manager: 'kubectl', operation: 'Apply' }],
  };
  t.deepEqual(ownedFieldsOf({ metadata, spec: { a: 1 } }), { metadata: { name: 'x', namespace: 'default' } } as never);
  t.deepEqual(ownedFieldsOf({ metadata: { name: 'x', namespace: 'default' } }), {
    metadata: { name: 'x', namespace: 'default' },
  });
});

test('what is read is a copy', (t) => {
  const live = applied({ kind: 'Service', metadata: { name: 'x' }, spec: { selector: { a: 'b' }, ports: [] } });
  (ownedFieldsOf(live) as typeof live).spec.selector.a = 'changed';
  t.is(live.spec.selector.a, 'b');
});

const port = fc.record({ name: fc.constant('p'), targetPort: fc.nat({ max: 9 }), protocol: fc.constant('TCP') });
const service = fc.record({
  kind: fc.constant('Service'),
  metadata: fc.record({
    name: fc.constant('x'),
    namespace: fc.constant('default'),
    labels: fc.dictionary(fc.constantFrom('a', 'b/c', 'f:d'), fc.string(), { minKeys: 1 }),
    annotations: fc.dictionary(fc.constantFrom('a', 'b'), fc.string(), { minKeys: 1 }),
  }),
  spec: fc.record({
    type: fc.constantFrom('ClusterIP', 'LoadBalancer'),
    selector: fc.dictionary(fc.constantFrom('s', 't'), fc.string(), { minKeys: 1 }),
    ports: fc
      .dictionary(fc.constantFrom('80', '81', '443'), port, { minKeys: 1 })
      .map((ports) => Object.entries(ports).map(([number, each]) => ({ ...each, port: Number(number) }))),
    loadBalancerSourceRanges: fc.constantFrom(['203.0.113.0/24'], ['198.51.100.0/24', '2001:db8::/32']),
  }),
});

test('what was applied is read back, and applying that changes nothing', (t) => {
  fc.assert(
    fc.property(service, (manifest) => {
      const { kind: _, ...expected } = manifest;
      const live = applied(manifest, {
        ...manifest,
        metadata: { ...manifest.metadata, annotations: { 'other/x': 'y' } },
      });
      t.deepEqual(ownedFieldsOf(live) as object, expected);
      const again = applied({ ...ownedFieldsOf(live), kind: 'Service' }, live);
      t.deepEqual(ownedFieldsOf(again) as object, expected);
    }),
  );
});
