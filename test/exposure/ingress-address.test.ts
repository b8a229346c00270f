import test from 'ava';
import { isBareHost } from '../../src/exposure/controllers/ingress-address.ts';
import { type Answers, answersAt, changed, nginx, path, plain, published, usual } from '../helpers/ingress-world.ts';
import { ingressNginxService } from '../helpers/skypilot-objects.ts';

// Which address of the controller's Service, and which port.

const nodePorts = [
  { name: 'http', port: 80, nodePort: 30080 },
  { name: 'https', port: 443, nodePort: 30443 },
];
const onNodes = changed(ingressNginxService({ type: 'NodePort' }), { ports: nodePorts, clusterIP: '10.96.0.5' });

const cases: Readonly<Record<string, Answers>> = {
  externalIPs: {
    objects: [nginx, changed(onNodes, { externalIPs: ['198.51.100.1'] }), plain],
    url: `http://198.51.100.1${path}/`,
    differs: 'SkyPilot prints port 30080, this endpoint answers at port 80',
  },
  'the annotation, with the nodePort': {
    objects: [nginx, changed(onNodes, {}, { 'skypilot.co/external-ip': '198.51.100.2' }), plain],
    url: `http://198.51.100.2:30080${path}/`,
    differs: null,
  },
  'an annotation that is no bare host': {
    objects: [nginx, changed(onNodes, {}, { 'skypilot.co/external-ip': 'http://198.51.100.2' }), plain],
    url: null,
    says: /^Pending/,
    differs: `SkyPilot prints an address that does not work: http://http://198.51.100.2:30080${path}`,
  },
  'an annotation beside a load balancer is without effect': {
    objects: [nginx, changed(usual, {}, { 'skypilot.co/external-ip': '198.51.100.2' }), plain],
    url: `http://203.0.113.9${path}/`,
    differs: null,
  },
  'NodePort and nothing else: SkyPilot prints localhost': {
    objects: [nginx, onNodes, plain],
    url: null,
    says: /^Pending: the ingress controller's Service ingress-nginx\/ingress-nginx-controller is of type NodePort and has no external address$/,
    differs: `SkyPilot prints an address that does not work: http://localhost:30080${path}`,
  },
  'on kind-skypilot localhost works': {
    objects: [nginx, onNodes, plain],
    options: { context: 'kind-skypilot' },
    url: `http://localhost:30080${path}/`,
    differs: null,
  },
  'a cluster IP in the status is useless from outside': {
    objects: [nginx, onNodes, published({ ip: '10.96.0.5' })],
    url: null,
    says: /^Pending/,
  },
  'localhost in the status, as on kind': {
    objects: [nginx, onNodes, published({ hostname: 'localhost' })],
    url: `http://localhost${path}/`,
  },
  'several addresses, the first in use': {
    objects: [
      nginx,
      { ...usual, status: { loadBalancer: { ingress: [{ ip: '203.0.113.9' }, { ip: '2001:db8::9' }] } } },
      plain,
    ],
    url: `http://203.0.113.9${path}/`,
    differs: null,
  },
  IPv6: {
    objects: [nginx, ingressNginxService({ ip: '2001:db8::9' }), plain],
    url: `http://[2001:db8::9]${path}/`,
    differs: 'SkyPilot prints the IPv6 address without brackets',
  },
  'ports by number, whatever their names': {
    objects: [
      nginx,
      changed(usual, {
        ports: [
          { name: 'web', port: 80 },
          { name: 'websecure', port: 443 },
        ],
      }),
      plain,
    ],
    url: `http://203.0.113.9${path}/`,
  },
  'ports by name, whatever their number': {
    objects: [nginx, changed(usual, { ports: [{ name: 'http', port: 8080 }] }), plain],
    url: `http://203.0.113.9:8080${path}/`,
    differs: 'SkyPilot prints port 80, this endpoint answers at port 8080',
  },
};
for (const [title, world] of Object.entries(cases)) test(title, answersAt, world);

const bareHosts = {
  '203.0.113.5': true,
  'lb.example.com': true,
  localhost: true,
  'host:8080': false,
  'http://host': false,
  '2001:db8::1': false,
  '': false,
  'a b': false,
  '-a': false,
  'a/b': false,
};
for (const [text, expected] of Object.entries(bareHosts)) {
  test(`"${text}" is ${expected ? 'a' : 'no'} bare host`, (t) => t.is(isBareHost(text), expected));
}
