import test from 'ava';
import type { LoadBalancerIngress, Service, ServicePort, ServiceSpec } from 'kubernetes-types/core/v1';
import { type PrintedEndpoint, printedForIngress } from '../../src/skypilot/printed-endpoint.ts';
import { forbidden, seen } from '../helpers/look.ts';
import { skyNames } from '../helpers/skypilot-objects.ts';

// What SkyPilot's own functions (sky/provision/kubernetes/network_utils.py, network.py) returned for each shape,
// and its 0.14.1 printed on a real API server.

const train = skyNames('default', 'train');
const path = '/skypilot/default/train-2ea485ef/8888';

function says(
  t: { is(a: unknown, b: unknown): unknown; regex(a: string, b: RegExp): unknown },
  printed: PrintedEndpoint,
  prints: string | null,
  reason: RegExp,
) {
  t.is(printed.prints, prints);
  t.regex(printed.reason, reason);
}

const webPorts: readonly ServicePort[] = [
  { name: 'http', port: 80, nodePort: 30080 },
  { name: 'https', port: 443, nodePort: 30443 },
];
const withoutNodePorts = webPorts.map(({ nodePort: _, ...port }) => port);

interface Controller {
  readonly ingress?: LoadBalancerIngress[];
  readonly annotation?: string;
  readonly spec?: Partial<ServiceSpec>;
  readonly ports?: readonly ServicePort[];
}

function controller({ ingress, annotation, spec, ports = webPorts }: Controller): Service {
  return {
    metadata: {
      name: 'ingress-nginx-controller',
      namespace: 'ingress-nginx',
      ...(annotation !== undefined && { annotations: { 'skypilot.co/external-ip': annotation } }),
    },
    spec: { type: 'LoadBalancer', ports: [...ports], ...spec },
    status: { loadBalancer: ingress ? { ingress } : {} },
  };
}

const ingresses: Readonly<Record<string, [Controller, string | null, RegExp]>> = {
  'LB IP': [{ ingress: [{ ip: '203.0.113.5' }] }, `http://203.0.113.5${path}`, /^first entry of status/],
  'LB host name': [{ ingress: [{ hostname: 'lb.example.com' }] }, `http://lb.example.com${path}`, /first entry/],
  'LB IP and host name': [
    { ingress: [{ ip: '203.0.113.5', hostname: 'x.example.com' }] },
    `http://203.0.113.5${path}`,
    /first/,
  ],
  'LB IP and annotation': [
    { ingress: [{ ip: '203.0.113.5' }], annotation: '198.51.100.2' },
    `http://203.0.113.5${path}`,
    /first entry of status/,
  ],
  'several LB entries': [
    { ingress: [{ ip: '203.0.113.5' }, { ip: '203.0.113.6' }] },
    `http://203.0.113.5${path}`,
    /first/,
  ],
  'LB IPv6': [{ ingress: [{ ip: '2001:db8::1' }] }, `http://2001:db8::1${path}`, /first entry/],
  'LB explicit empty list': [{ ingress: [] }, null, /raises IndexError: .*empty list/],
  'LB entry with neither IP nor host name': [{ ingress: [{}] }, null, /neither IP nor host name/],
  'empty first LB entry before an IP': [{ ingress: [{}, { ip: '203.0.113.6' }] }, null, /neither IP nor host name/],
  'LB IP, ports without their names': [
    { ingress: [{ ip: '203.0.113.5' }], ports: [{ port: 80 }] },
    `http://203.0.113.5${path}`,
    /first/,
  ],
  'LoadBalancer, pending': [
    {},
    `http://localhost:30080${path}`,
    /no load-balancer address, no externalIPs and no annotation .*nodePort of its port http/,
  ],
  'NodePort, nothing else': [
    { spec: { type: 'NodePort' } },
    `http://localhost:30080${path}`,
    /nodePort of its port http/,
  ],
  externalIPs: [
    { spec: { externalIPs: ['198.51.100.1'] } },
    `http://198.51.100.1:30080${path}`,
    /^spec\.externalIPs\[0\]/,
  ],
  'externalIPs and annotation': [
    { spec: { externalIPs: ['198.51.100.1'] }, annotation: '198.51.100.2' },
    `http://198.51.100.1:30080${path}`,
    /^spec\.externalIPs/,
  ],
  'empty externalIPs fall through to the annotation': [
    { spec: { externalIPs: [] }, annotation: '198.51.100.2' },
    `http://198.51.100.2:30080${path}`,
    /^annotation/,
  ],
  'annotation only': [
    { annotation: '198.51.100.2' },
    `http://198.51.100.2:30080${path}`,
    /^annotation skypilot\.co\/external-ip/,
  ],
  'annotation host:8080': [{ annotation: 'host:8080' }, `http://host:8080:30080${path}`, /^annotation/],
  'annotation with scheme': [{ annotation: 'http://host' }, `http://http://host:30080${path}`, /^annotation/],
  'annotation empty': [{ annotation: '' }, `http://:30080${path}`, /^annotation/],
  'annotation IPv6': [{ annotation: '2001:db8::2' }, `http://2001:db8::2:30080${path}`, /^annotation/],
  ClusterIP: [
    { spec: { type: 'ClusterIP' }, ports: withoutNodePorts },
    null,
    /raises TypeError: port http .*no nodePort/,
  ],
  'ClusterIP, annotated': [
    { spec: { type: 'ClusterIP' }, ports: withoutNodePorts, annotation: '198.51.100.2' },
    null,
    /raises TypeError/,
  ],
  'ClusterIP with externalIPs': [
    { spec: { type: 'ClusterIP', externalIPs: ['198.51.100.1'] }, ports: withoutNodePorts },
    null,
    /raises TypeError/,
  ],
  'allocateLoadBalancerNodePorts: false': [
    { spec: { allocateLoadBalancerNodePorts: false }, ports: withoutNodePorts },
    null,
    /raises TypeError/,
  ],
  'only https has no nodePort': [{ ports: [webPorts[0]!, withoutNodePorts[1]!] }, null, /raises TypeError: port https/],
  'https missing': [{ ports: [webPorts[0]!] }, null, /raises IndexError: no port of .* is named https/],
  'ports not named http and https': [
    { ports: [{ name: 'web', port: 80, nodePort: 30080 }, webPorts[1]!] },
    null,
    /raises IndexError: no port of .* is named http$/,
  ],
  'IndexError comes before TypeError': [{ ports: withoutNodePorts.slice(0, 1) }, null, /raises IndexError/],
};
for (const [title, [options, prints, reason]] of Object.entries(ingresses)) {
  test(`ingress: ${title}`, (t) => {
    says(t, printedForIngress(seen([controller(options)]), { ...train, port: 8888 }), prints, reason);
  });
}

const elsewhere = {
  'Service absent': [],
  'other name': [{ ...controller({}), metadata: { name: 'nginx', namespace: 'ingress-nginx' } }],
  'other namespace': [{ ...controller({}), metadata: { name: 'ingress-nginx-controller', namespace: 'web' } }],
};
for (const [title, services] of Object.entries(elsewhere)) {
  test(`ingress: ${title}`, (t) => {
    says(
      t,
      printedForIngress(seen(services), { ...train, port: 8888 }),
      null,
      /ingress-nginx\/ingress-nginx-controller.*does not exist/,
    );
  });
}

test('ingress: services not seen', (t) => {
  says(
    t,
    printedForIngress(forbidden('services'), { ...train, port: 8888 }),
    null,
    /^not known: .*services is forbidden/,
  );
});
