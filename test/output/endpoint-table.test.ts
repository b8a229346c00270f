import test from 'ava';
import fc from 'fast-check';
import type { Endpoint } from '../../src/exposure/endpoint.ts';
import { skyLinesOf, sourceNamesOf } from '../../src/output/endpoint-list.ts';
import { endpointText, renderEndpointTable } from '../../src/output/endpoint-table.ts';
import { plainText } from '../../src/output/look.ts';
import { resourceNameOf } from '../../src/snapshot/object-reference.ts';
import { anyEndpoint } from '../helpers/endpoints.ts';

const [sample] = fc.sample(anyEndpoint, { numRuns: 1, seed: 1 });
const ready: Endpoint = {
  ...sample!,
  namespace: 'default',
  skyCluster: 'train',
  nameOnCloud: 'train-2ea485ef',
  port: 8888,
  protocol: 'TCP',
  mode: 'loadbalancer',
  address: '203.0.113.5',
  addressPort: 8888,
  url: 'http://203.0.113.5:8888',
  inClusterUrl: 'http://a.default.svc:8888',
  state: 'Ready',
  reason: '',
  scope: 'public',
  access: ['none'],
  managedBy: 'skypilot',
  skyPilot: { prints: '203.0.113.5:8888', reason: 'first entry', differs: null },
  source: [{ kind: 'Service', namespace: 'default', name: 'a' }],
  createdAt: '2026-11-02T11:55:00Z',
};
const nothing = { address: null, url: null, inClusterUrl: null, scope: null } as const;
const pending: Endpoint = {
  ...ready,
  ...nothing,
  port: 9000,
  state: 'Pending',
  reason: 'no load balancer yet',
  managedBy: 'other',
  skyPilot: { prints: null, reason: 'not its own', differs: null },
  createdAt: null,
};
const udp: Endpoint = {
  ...ready,
  port: 53,
  protocol: 'UDP',
  url: null,
  address: '2001:db8::1',
  addressPort: 30053,
  scope: null,
  access: ['password', 'allow-list'],
};

const options = { wide: false, withNamespace: false, withHeaders: true, now: '2026-11-02T12:00:00Z' };
const table = (endpoints: readonly Endpoint[], changes: object = {}) => [
  ...renderEndpointTable(endpoints, { ...options, ...changes }).map(plainText),
  '',
];

test('the table; a row that is not Ready carries its reason', (t) => {
  t.deepEqual(table([ready, pending, udp]), [
    'SKYCLUSTER   PORT     MODE           ENDPOINT                  STATE     AGE',
    'train        8888     loadbalancer   http://203.0.113.5:8888   Ready     5m',
    'train        9000     loadbalancer   <pending>                 Pending   <unknown>',
    '    no load balancer yet',
    'train        53/UDP   loadbalancer   [2001:db8::1]:30053       Ready     5m',
    '',
  ]);
});

test('wide', (t) => {
  t.deepEqual(
    table([ready, pending, udp], { wide: true }).map((line) => line.split(/ {3,}/)),
    [
      [
        'NAMESPACE',
        'SKYCLUSTER',
        'PORT',
        'MODE',
        'ENDPOINT',
        'STATE',
        'AGE',
        'SCOPE',
        'ACCESS',
        'IN-CLUSTER',
        'MANAGED-BY',
        'SKYPILOT-PRINTS',
        'REASON',
      ],
      [
        'default',
        'train',
        '8888',
        'loadbalancer',
        'http://203.0.113.5:8888',
        'Ready',
        '5m',
        'public',
        'none',
        'http://a.default.svc:8888',
        'skypilot',
        '203.0.113.5:8888',
      ],
      [
        'default',
        'train',
        '9000',
        'loadbalancer',
        '<pending>',
        'Pending',
        '<unknown>',
        '<none>',
        'none',
        '<none>',
        'other',
        '<none>',
        'no load balancer yet',
      ],
      [
        'default',
        'train',
        '53/UDP',
        'loadbalancer',
        '[2001:db8::1]:30053',
        'Ready',
        '5m',
        '<unknown>',
        'password,allow-list',
        'http://a.default.svc:8888',
        'skypilot',
        '203.0.113.5:8888',
      ],
      [''],
    ],
  );
});

test('-A adds the namespace', (t) => {
  t.is(
    table([ready], { withNamespace: true })[1],
    'default     train        8888   loadbalancer   http://203.0.113.5:8888   Ready   5m',
  );
});

test('--no-headers', (t) => {
  t.deepEqual(table([ready], { withHeaders: false }), [
    'train   8888   loadbalancer   http://203.0.113.5:8888   Ready   5m',
    '',
  ]);
});

test('the endpoint is the URL, else address:port, else <pending>', (t) => {
  t.is(endpointText(ready), 'http://203.0.113.5:8888');
  t.is(endpointText(udp), '[2001:db8::1]:30053');
  t.is(endpointText({ ...udp, address: 'lb.example.com' }), 'lb.example.com:30053');
  t.is(endpointText(pending), '<pending>');
});

test('names as kubectl writes them, each object once', (t) => {
  const source = (kind: string, namespace: string, name: string) => ({
    ...ready,
    source: [
      { kind, namespace, name },
      { kind: 'Service', namespace, name: 'behind' },
    ],
  });
  t.deepEqual(
    sourceNamesOf([
      source('Service', 'x', 'a'),
      source('Service', 'x', 'a'),
      source('Service', 'y', 'a'),
      source('Ingress', 'x', 'a'),
      source('Pod', 'x', 'a'),
    ]),
    ['service/a', 'service/a', 'ingress.networking.k8s.io/a', 'pod/a'],
  );
  t.is(resourceNameOf('ConfigMap', 'x'), 'configmap/x');
});

test('-o sky: ascending, each port once; what SkyPilot would not print, with the reason', (t) => {
  const { lines, withheld } = skyLinesOf([
    { ...ready, port: 9000, skyPilot: { prints: '203.0.113.5:9000', reason: '', differs: null } },
    ready,
    ready,
    { ...pending, port: 70 },
  ]);
  t.deepEqual(lines, ['8888: 203.0.113.5:8888', '9000: 203.0.113.5:9000']);
  t.deepEqual(withheld, ['port 70: not its own']);
});
