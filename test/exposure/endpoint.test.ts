import test from 'ava';
import fc from 'fast-check';
import { compareEndpoints } from '../../src/exposure/endpoint.ts';
import { portModes } from '../../src/exposure/port-mode-names.ts';
import { anyEndpoint } from '../helpers/endpoints.ts';

test('by namespace, skyCluster, port, mode, source, in this order', (t) => {
  const [sample] = fc.sample(anyEndpoint, { numRuns: 1, seed: 1 });
  const source = (name: string) => [{ kind: 'Service', namespace: 'a', name }];
  const base = {
    ...sample!,
    namespace: 'a',
    skyCluster: 'a',
    nameOnCloud: 'm',
    port: 9,
    mode: 'ingress' as const,
    source: source('m'),
  };
  const ascending = [
    { ...base, port: 8, nameOnCloud: 'z' },
    base,
    { ...base, source: source('n'), nameOnCloud: 'a' },
    { ...base, mode: 'loadbalancer' as const, source: source('a') },
    { ...base, port: 10, mode: 'clusterip' as const },
    { ...base, skyCluster: 'b', port: 1 },
    { ...base, namespace: 'b', skyCluster: 'a', port: 1 },
  ];
  t.deepEqual(ascending.toReversed().sort(compareEndpoints), ascending);
});

test('capital letters and digits are ordered alike on every machine', (t) => {
  const [sample] = fc.sample(anyEndpoint, { numRuns: 1, seed: 1 });
  const names = ['a', 'B', 'ä', '10', '9'].map((skyCluster) => ({ ...sample!, skyCluster }));
  t.deepEqual(
    names.sort(compareEndpoints).map(({ skyCluster }) => skyCluster),
    ['10', '9', 'B', 'a', 'ä'],
  );
});

test('the order is total', (t) => {
  fc.assert(
    fc.property(anyEndpoint, anyEndpoint, anyEndpoint, (a, b, c) => {
      t.is(Math.sign(compareEndpoints(a, b)), -Math.sign(compareEndpoints(b, a)) + 0);
      t.is(compareEndpoints(a, a), 0);
      if (compareEndpoints(a, b) <= 0 && compareEndpoints(b, c) <= 0) t.true(compareEndpoints(a, c) <= 0);
    }),
    { numRuns: 1000 },
  );
});

test('the modes', (t) => t.deepEqual([...portModes], ['loadbalancer', 'ingress', 'podip', 'nodeport', 'clusterip']));
