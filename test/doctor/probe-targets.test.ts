import test from 'ava';
import { probeTargetsOf, targetsOf } from '../../src/doctor/subjects/probe-targets.ts';
import type { Endpoint } from '../../src/exposure/endpoint.ts';

const row = (more: Partial<Endpoint>): Endpoint =>
  ({
    mode: 'loadbalancer',
    protocol: 'TCP',
    address: '203.0.113.80',
    addresses: ['203.0.113.80'],
    addressPort: 8888,
    url: 'http://203.0.113.80:8888',
    ...more,
  }) as Endpoint;

test('each address is called by its own name, for the path of the URL', (t) => {
  const addresses = ['203.0.113.80', '2001:db8::1'];
  t.deepEqual(targetsOf(row({ addresses, url: 'http://203.0.113.80/skyports/a/b/8888', addressPort: 80 })), [
    { address: '203.0.113.80', port: 80, scheme: 'http', host: '203.0.113.80', path: '/skyports/a/b/8888' },
    { address: '2001:db8::1', port: 80, scheme: 'http', host: '2001:db8::1', path: '/skyports/a/b/8888' },
  ]);
});

test('the host of a rule is asked for at every address', (t) => {
  const called = targetsOf(
    row({ addresses: ['203.0.113.80', '203.0.113.81'], url: 'https://app.example.com', addressPort: 443 }),
  );
  t.deepEqual(
    called.map(({ address, host, scheme, path }) => [address, host, scheme, path]),
    [
      ['203.0.113.80', 'app.example.com', 'https', ''],
      ['203.0.113.81', 'app.example.com', 'https', ''],
    ],
  );
});

test('an IPv6 address and a host name in capitals are no rule’s host', (t) => {
  t.is(
    targetsOf(row({ address: '2001:db8::1', addresses: ['2001:db8::1'], url: 'http://[2001:db8::1]:8888' }))[0]!.host,
    '2001:db8::1',
  );
  t.is(
    targetsOf(row({ address: 'LB.example.com', addresses: ['LB.example.com'], url: 'http://LB.example.com:8888' }))[0]!
      .host,
    'LB.example.com',
  );
});

for (const [name, more] of [
  ['a Pod IP', { mode: 'podip' }],
  ['a cluster IP', { mode: 'clusterip' }],
  ['UDP', { protocol: 'UDP' }],
  ['what has no URL yet', { url: null }],
  ['a wildcard host', { url: 'http://*.example.com' }],
] as const) {
  test(`${name} is not called`, (t) => {
    t.deepEqual(targetsOf(row(more)), []);
  });
}

test('what two ports share is called once', (t) => {
  t.is(
    probeTargetsOf([row({}), row({ port: 9000 }), row({ addressPort: 9000, url: 'http://203.0.113.80:9000' })]).length,
    2,
  );
});
