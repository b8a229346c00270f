import fc from 'fast-check';
import { accessListOf, accessValues } from '../../src/exposure/access.ts';
import type { Endpoint } from '../../src/exposure/endpoint.ts';
import { portModes } from '../../src/exposure/port-mode-names.ts';

const name = fc.constantFrom('a', 'b', 'train', 'Train.2');
const text = fc.string({ maxLength: 8 });
const orNull = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: null });
const reference = fc.record({ kind: fc.constantFrom('Service', 'Ingress', 'Pod'), namespace: name, name });

/** Endpoints as far as their type allows; few names and ports, so that many are equal in parts. */
export const anyEndpoint: fc.Arbitrary<Endpoint> = fc.record({
  skyCluster: name,
  nameOnCloud: name,
  namespace: name,
  port: fc.constantFrom(80, 443, 8888),
  targetPort: fc.oneof(fc.constantFrom(80, 8888), fc.constant('http')),
  protocol: fc.constantFrom('TCP', 'UDP', 'SCTP'),
  mode: fc.constantFrom(...portModes),
  address: orNull(fc.constantFrom('203.0.113.5', '2001:db8::1', 'lb.example.com')),
  addresses: fc.array(fc.ipV4(), { maxLength: 2 }),
  addressPort: fc.constantFrom(80, 30080),
  url: orNull(fc.constantFrom('http://203.0.113.5', 'https://lb.example.com/x')),
  inClusterUrl: orNull(fc.constant('http://a.b.svc:80')),
  state: fc.constantFrom('Unknown', 'Broken', 'Pending', 'NoBackends', 'Ready', 'Closed'),
  reason: text,
  scope: orNull(fc.constantFrom('public', 'private', 'local', 'cluster')),
  access: fc.subarray([...accessValues]).map(accessListOf),
  managedBy: fc.constantFrom('skypilot', 'kubectl-skyports', 'other'),
  skyPilot: fc.record({ prints: orNull(text), reason: text, differs: orNull(text) }),
  source: fc.array(reference, { minLength: 1, maxLength: 3 }),
  owner: orNull(fc.constantFrom('ada', 'grace')),
  createdAt: orNull(fc.constant('2026-11-02T11:00:00Z')),
});
