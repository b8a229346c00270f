import test from 'ava';
import type { Event, LoadBalancerIngress, Service, ServicePort } from 'kubernetes-types/core/v1';
import type { Condition } from 'kubernetes-types/meta/v1';
import { indexSnapshot } from '../../src/exposure/snapshot-index.ts';
import { resolveEndpoints } from '../../src/modes/resolve-endpoints.ts';
import { lookAt, rowAt, rowsAt, seen } from '../helpers/look.ts';
import { skyLoadBalancer, skyNames, skyPod } from '../helpers/skypilot-objects.ts';

const train = skyNames('default', 'train');
const head = skyPod(train);
const name = `${train.nameOnCloud}--skypilot-lb`;

function balanced(ingress: LoadBalancerIngress[], port: Partial<ServicePort> = {}): Service {
  const service = skyLoadBalancer(train, [8888]);
  Object.assign(service.spec!.ports![0]!, port);
  return { ...service, status: { loadBalancer: { ingress } } };
}

test("SkyPilot's load balancer, Ready", (t) => {
  const row = rowAt([head, skyLoadBalancer(train, [8888], { ip: '203.0.113.5' })]);
  t.deepEqual(row, {
    skyCluster: 'train',
    nameOnCloud: train.nameOnCloud,
    namespace: 'default',
    port: 8888,
    targetPort: 8888,
    protocol: 'TCP',
    mode: 'loadbalancer',
    address: '203.0.113.5',
    addresses: ['203.0.113.5'],
    addressPort: 8888,
    url: 'http://203.0.113.5:8888',
    inClusterUrl: `http://${name}.default.svc:8888`,
    state: 'Ready',
    reason: '',
    scope: 'public',
    access: ['none'],
    managedBy: 'skypilot',
    skyPilot: {
      prints: '203.0.113.5:8888',
      reason: `first entry of status.loadBalancer.ingress of Service ${name}`,
      differs: null,
    },
    source: [{ kind: 'Service', namespace: 'default', name }],
    createdAt: null,
    owner: 'ada',
  });
});

test('one row a port, ascending', (t) => {
  const rows = rowsAt([head, skyLoadBalancer(train, [9000, 80, 8888], { ip: '203.0.113.5' })]);
  t.deepEqual(
    rows.map(({ port, url }) => [port, url]),
    [
      [80, 'http://203.0.113.5'],
      [8888, 'http://203.0.113.5:8888'],
      [9000, 'http://203.0.113.5:9000'],
    ],
  );
});

const addresses: Readonly<Record<string, [LoadBalancerIngress[], string[], string | null, string | null]>> = {
  'several entries': [
    [{ ip: '203.0.113.5' }, { ip: '203.0.113.6' }],
    ['203.0.113.5', '203.0.113.6'],
    'http://203.0.113.5:8888',
    null,
  ],
  'an empty first entry': [
    [{}, { ip: '203.0.113.6' }],
    ['203.0.113.6'],
    'http://203.0.113.6:8888',
    'SkyPilot prints nothing for this port',
  ],
  'a host name only': [[{ hostname: 'lb.example.com' }], ['lb.example.com'], 'http://lb.example.com:8888', null],
  'IP and host name': [
    [{ ip: '203.0.113.5', hostname: 'lb.example.com' }],
    ['203.0.113.5', 'lb.example.com'],
    'http://203.0.113.5:8888',
    null,
  ],
  IPv6: [
    [{ ip: '2001:db8::1' }],
    ['2001:db8::1'],
    'http://[2001:db8::1]:8888',
    'SkyPilot prints the IPv6 address without brackets',
  ],
  'dual stack': [
    [{ ip: '203.0.113.5' }, { ip: '2001:db8::1' }],
    ['203.0.113.5', '2001:db8::1'],
    'http://203.0.113.5:8888',
    null,
  ],
  'no entry': [[], [], null, null],
};
for (const [title, [ingress, all, url, differs]] of Object.entries(addresses)) {
  test(title, (t) => {
    const row = rowAt([head, balanced(ingress)]);
    t.deepEqual(row.addresses, all);
    t.is(row.address, all[0] ?? null);
    t.is(row.url, url);
    t.is(row.skyPilot.differs, differs);
  });
}

test('externalIPs are addresses too, which SkyPilot does not know', (t) => {
  const service = skyLoadBalancer(train, [8888]);
  service.spec!.externalIPs = ['198.51.100.1'];
  const { url, state, skyPilot } = rowAt([head, service]);
  t.is(url, 'http://198.51.100.1:8888');
  t.is(state, 'Ready');
  t.is(skyPilot.differs, 'SkyPilot prints nothing for this port');
});

const ports: Readonly<Record<string, [Partial<ServicePort>, string | null, string | null]>> = {
  'port 443 is https': [{ port: 443 }, 'https://203.0.113.5', `https://${name}.default.svc`],
  'port 8443 is https': [{ port: 8443 }, 'https://203.0.113.5:8443', `https://${name}.default.svc:8443`],
  'appProtocol says https': [{ appProtocol: 'https' }, 'https://203.0.113.5:8888', `https://${name}.default.svc:8888`],
  'the name says https': [{ name: 'https' }, 'https://203.0.113.5:8888', `https://${name}.default.svc:8888`],
  'UDP has no URL': [{ protocol: 'UDP' }, null, null],
  'SCTP has no URL': [{ protocol: 'SCTP' }, null, null],
};
for (const [title, [port, url, inCluster]] of Object.entries(ports)) {
  test(title, (t) => {
    const row = rowAt([head, balanced([{ ip: '203.0.113.5' }], port)]);
    t.is(row.url, url);
    t.is(row.inClusterUrl, inCluster);
    t.is(row.address, '203.0.113.5');
    t.is(row.state, 'Ready');
  });
}

test('a port without protocol is TCP', (t) => {
  const service = balanced([{ ip: '203.0.113.5' }]);
  delete service.spec!.ports![0]!.protocol;
  t.like(rowAt([head, service]), { protocol: 'TCP', url: 'http://203.0.113.5:8888' });
});

test('the Service port counts, the Pod port is shown', (t) => {
  const row = rowAt([head, balanced([{ ip: '203.0.113.5' }], { port: 80, targetPort: 8888 })]);
  t.like(row, { port: 80, targetPort: 8888, url: 'http://203.0.113.5' });
});

test('pending: the reason names the Service, and its class', (t) => {
  const service = skyLoadBalancer(train, [8888]);
  t.like(rowAt([head, service]), {
    state: 'Pending',
    reason: `no load balancer has given Service ${name} an address`,
    url: null,
    scope: null,
  });
  service.spec!.loadBalancerClass = 'example.com/lb';
  t.regex(rowAt([head, service]).reason, /address \(loadBalancerClass example\.com\/lb\)$/);
});

test('pending: what a condition or an event says is read, else said in its own words', (t) => {
  const service = skyLoadBalancer(train, [8888]);
  const condition = (reason: string, message: string) => ({
    ...{ type: 'cilium.io/IPAMRequestSatisfied', status: 'False', lastTransitionTime: '' },
    ...{ reason, message },
  });
  const event: Event = {
    metadata: { name: 'e', namespace: 'default' },
    ...{ type: 'Warning', reason: 'UnAvailableLoadBalancer', message: 'There are no available nodes' },
    involvedObject: { kind: 'Service', namespace: 'default', name },
  };
  const reasonOf = (conditions: Condition[], events: Event[]) => {
    const snapshot = lookAt([head, { ...service, status: { ...service.status, conditions } }]);
    const view = indexSnapshot({ ...snapshot, topics: { ...snapshot.topics, events: seen(events) } });
    const [row] = resolveEndpoints(view);
    return row!.reason.replace(/^.*an address/, '');
  };
  t.is(reasonOf([condition('no_pool', 'x')], []), ': no pool of Cilium takes this Service');
  t.is(reasonOf([condition('unheard_of', 'of late\nmore')], []), ': unheard_of: of late');
  t.is(reasonOf([condition('unheard_of', 'of late')], [event]), ': no node is available for it');
  t.is(reasonOf([], [event]), ': no node is available for it');
  const at = (lastTimestamp: string, source: string, reason: string): Event => ({
    ...event,
    ...{ lastTimestamp, reason, source: { component: source } },
  });
  const ofPolicy = at('2026-11-24T11:59:00Z', 'kyverno-admission', 'PolicyViolation');
  const ofEndpoints = at('2026-11-24T11:58:00Z', 'endpoint-slice-controller', 'FailedToUpdateEndpointSlices');
  t.is(reasonOf([], [ofPolicy, ofEndpoints]), '');
  const inProgress = {
    ...at('2026-11-24T11:59:00Z', 'service-controller', 'SyncLoadBalancerFailed'),
    message: 'load-balancer is not yet active (current status: new)',
  };
  t.is(reasonOf([], [inProgress]), ': the cloud still works on its load balancer');
  t.is(
    reasonOf([], [inProgress, { ...event, lastTimestamp: '2026-11-24T11:50:00Z' }]),
    ': no node is available for it',
  );
  t.is(reasonOf([], [ofPolicy, { ...event, lastTimestamp: '2026-11-24T11:50:00Z' }]), ': no node is available for it');
});

test('context kind-skypilot forces ingress mode on SkyPilot, whatever it made', (t) => {
  const { skyPilot } = rowAt([head, skyLoadBalancer(train, [8888], { ip: '203.0.113.5' })], {
    context: 'kind-skypilot',
  });
  t.is(skyPilot.prints, null);
  t.regex(skyPilot.reason, /ingress-nginx\/ingress-nginx-controller.* does not exist/);
});
