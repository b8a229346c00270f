import test from 'ava';
import type { LoadBalancerIngress } from 'kubernetes-types/core/v1';
import { type PrintedEndpoint, printedForLoadBalancer, printedForPodIp } from '../../src/skypilot/printed-endpoint.ts';
import { skyLoadBalancer, skyNames, skyPod } from '../helpers/skypilot-objects.ts';

// What SkyPilot's own functions (sky/provision/kubernetes/network_utils.py, network.py) returned for each shape,
// and its 0.14.1 printed on a real API server.

const train = skyNames('default', 'train');

function says(
  t: { is(a: unknown, b: unknown): unknown; regex(a: string, b: RegExp): unknown },
  printed: PrintedEndpoint,
  prints: string | null,
  reason: RegExp,
) {
  t.is(printed.prints, prints);
  t.regex(printed.reason, reason);
}

const loadBalancers: Readonly<Record<string, [LoadBalancerIngress[] | undefined, string | null, RegExp]>> = {
  'an IP': [
    [{ ip: '203.0.113.5' }],
    '203.0.113.5:8888',
    /^first entry of status\.loadBalancer\.ingress of Service train-2ea485ef--skypilot-lb$/,
  ],
  'a host name': [[{ hostname: 'lb.example.com' }], 'lb.example.com:8888', /first entry/],
  'an entry with both gives the IP': [[{ ip: '203.0.113.5', hostname: 'lb.example.com' }], '203.0.113.5:8888', /first/],
  'the first entry only': [[{ ip: '203.0.113.5' }, { ip: '203.0.113.6' }], '203.0.113.5:8888', /first entry/],
  'an empty first entry hides the second': [[{}, { ip: '203.0.113.6' }], null, /neither IP nor host name/],
  'IPv6 without brackets': [[{ ip: '2001:db8::1' }], '2001:db8::1:8888', /first entry/],
  'no status': [undefined, null, /has no status\.loadBalancer\.ingress.* 60 s/],
  'an empty list, which only a hand-made dump can hold': [[], null, /raises IndexError: .*empty list/],
};
for (const [title, [ingress, prints, reason]] of Object.entries(loadBalancers)) {
  test(`loadbalancer: ${title}`, (t) => {
    const service = { ...skyLoadBalancer(train, [8888]), status: { loadBalancer: ingress ? { ingress } : {} } };
    says(t, printedForLoadBalancer(service, 8888), prints, reason);
  });
}

test('loadbalancer: neither externalIPs, nor the annotation, nor the ports are looked at', (t) => {
  const service = skyLoadBalancer(train, [9000]);
  service.spec!.externalIPs = ['198.51.100.1'];
  service.metadata!.annotations!['skypilot.co/external-ip'] = '198.51.100.2';
  t.is(printedForLoadBalancer(service, 8888).prints, null);
  const balanced = { ...service, status: { loadBalancer: { ingress: [{ ip: '203.0.113.5' }] } } };
  t.is(printedForLoadBalancer(balanced, 8888).prints, '203.0.113.5:8888');
});

test('podip: the IP of the Pod named C-head', (t) => {
  const pods = [skyPod(train, { worker: 1 }), skyPod(train, { podIP: '10.0.0.7' })];
  says(t, printedForPodIp(pods, train.nameOnCloud, 8888), '10.0.0.7:8888', /^IP of Pod train-2ea485ef-head/);
});

test('podip: no Pod of that name, as in high-availability controllers', (t) => {
  const pod = skyPod(train);
  pod.metadata!.name = 'train-2ea485ef-deployment-abcde';
  says(t, printedForPodIp([pod], train.nameOnCloud, 8888), null, /no Pod named train-2ea485ef-head/);
});

test('podip: a Pod without an IP', (t) => {
  says(t, printedForPodIp([skyPod(train, { phase: 'Pending' })], train.nameOnCloud, 8888), null, /has no IP yet/);
});
