import test from 'ava';
import type { Service, ServiceSpec } from 'kubernetes-types/core/v1';
import type { IngressLoadBalancerIngress } from 'kubernetes-types/networking/v1';
import { isBareHost } from '../../src/exposure/ingress-address.ts';
import { type KubernetesObject, type LookOptions, rowAt } from '../helpers/look.ts';
import {
  ingressClass,
  ingressNginxAdmissionService,
  ingressNginxService,
  skyIngress,
  skyNames,
  skyPod,
  skyPortService,
} from '../helpers/skypilot-objects.ts';

const train = skyNames('default', 'train');
const path = '/skypilot/default/train-2ea485ef/8888';
const base = [skyPod(train), skyPortService(train, 8888)];

/** SkyPilot's Ingress with addresses in its status. */
const published = (...ingress: IngressLoadBalancerIngress[]) => ({
  ...skyIngress(train, [8888]),
  status: { loadBalancer: { ingress } },
});
const plain = skyIngress(train, [8888]);

function changed(service: Service, spec: Partial<ServiceSpec>, annotations: Record<string, string> = {}): Service {
  return { ...service, metadata: { ...service.metadata, annotations }, spec: { ...service.spec, ...spec } };
}

const nodePorts = [
  { name: 'http', port: 80, nodePort: 30080 },
  { name: 'https', port: 443, nodePort: 30443 },
];
const onNodes = changed(ingressNginxService({ type: 'NodePort' }), { ports: nodePorts, clusterIP: '10.96.0.5' });
const elsewhere = ingressNginxService({
  namespace: 'web',
  name: 'release-ingress-nginx-controller',
  ip: '203.0.113.20',
});
const usual = ingressNginxService({ ip: '203.0.113.9' });
const other = ingressNginxService({ namespace: 'a', ip: '203.0.113.10' });
const another = ingressNginxService({ namespace: 'b', ip: '203.0.113.11' });
const labelled = (name: string, appName: string, ip: string): Service => ({
  ...ingressNginxService({ name, namespace: 'kube-system', ip }),
  metadata: {
    name,
    namespace: 'kube-system',
    labels: { 'app.kubernetes.io/name': appName, 'app.kubernetes.io/component': 'controller' },
  },
});
const rke2 = labelled('rke2-ingress-nginx-controller', 'rke2-ingress-nginx', '203.0.113.30');
const traefik = labelled('traefik', 'traefik', '203.0.113.31');
const nginx = ingressClass();
const nothing = 'SkyPilot prints nothing for this port';

interface Case {
  readonly objects: readonly KubernetesObject[];
  readonly options?: LookOptions;
  readonly url: string | null;
  readonly differs?: string | null;
  readonly says?: RegExp;
}

const cases: Readonly<Record<string, Case>> = {
  "SkyPilot's controller": { objects: [nginx, usual, plain], url: `http://203.0.113.9${path}`, differs: null },
  'the admission Service is ignored': {
    objects: [nginx, ingressNginxAdmissionService(), usual, plain],
    url: `http://203.0.113.9${path}`,
  },
  'nothing but the admission Service': {
    objects: [nginx, ingressNginxAdmissionService(), plain],
    url: null,
    says: /^Pending: no Service of the ingress controller \(k8s\.io\/ingress-nginx\) was found, and the Ingress shows no address/,
  },
  'a metrics Service is ignored': {
    objects: [
      nginx,
      changed(ingressNginxService({ name: 'metrics' }), { ports: [{ name: 'metrics', port: 10254 }] }),
      usual,
      plain,
    ],
    url: `http://203.0.113.9${path}`,
  },
  'a controller elsewhere works, and SkyPilot does not find it': {
    objects: [nginx, elsewhere, plain],
    url: `http://203.0.113.20${path}`,
    differs: nothing,
  },
  'in all namespaces too': {
    objects: [nginx, elsewhere, plain],
    options: { namespace: null },
    url: `http://203.0.113.20${path}`,
    differs: nothing,
  },
  RKE2: { objects: [nginx, rke2, plain], url: `http://203.0.113.30${path}`, differs: nothing },
  'RKE2 without a Service: the status has the address': {
    objects: [nginx, published({ ip: '10.0.0.4' })],
    url: `http://10.0.0.4${path}`,
    differs: nothing,
  },
  'Traefik reads a class of its own': {
    objects: [ingressClass('nginx', 'traefik.io/ingress-controller'), traefik, usual, plain],
    url: `http://203.0.113.31${path}`,
    differs: 'SkyPilot prints host 203.0.113.9, this endpoint answers at 203.0.113.31',
  },
  'Traefik without a Service that is known, with an address in the status': {
    objects: [ingressClass('nginx', 'traefik.io/ingress-controller'), usual, published({ hostname: 'lb.example.com' })],
    url: `http://lb.example.com${path}`,
  },
  'a controller nobody knows, with an address in the status': {
    objects: [ingressClass('nginx', 'example.com/mine'), usual, published({ ip: '203.0.113.40' })],
    url: `http://203.0.113.40${path}`,
  },
  'a controller nobody knows': {
    objects: [ingressClass('nginx', 'example.com/mine'), usual, plain],
    url: null,
    says: /^Pending: no Service of the ingress controller \(example\.com\/mine\) .*--ingress-service/,
    differs: `SkyPilot prints an address that does not work: http://203.0.113.9${path}`,
  },
  'of two the one whose address the status shows': {
    objects: [nginx, usual, other, published({ ip: '203.0.113.10' })],
    url: `http://203.0.113.10${path}`,
  },
  'of two the one whose cluster IP the status shows': {
    objects: [
      nginx,
      other,
      changed(ingressNginxService({ namespace: 'c', ip: '203.0.113.12' }), { clusterIP: '10.96.0.77' }),
      published({ ip: '10.96.0.77' }),
    ],
    url: `http://203.0.113.12${path}`,
  },
  "of two without a word in the status SkyPilot's": {
    objects: [nginx, other, usual, plain],
    url: `http://203.0.113.9${path}`,
  },
  'of two elsewhere none': {
    objects: [nginx, other, another, plain],
    url: null,
    says: /^Unknown: several ingress controllers could serve it \(a\/ingress-nginx-controller, b\/ingress-nginx-controller\); name one with --ingress-service NAMESPACE\/NAME$/,
    differs: null,
  },
  '--ingress-service overrides': {
    objects: [nginx, usual, other, published({ ip: '203.0.113.9' })],
    options: { ingressService: 'a/ingress-nginx-controller' },
    url: `http://203.0.113.10${path}`,
  },
  '--ingress-service needs no labels': {
    objects: [nginx, { ...elsewhere, metadata: { name: 'mine', namespace: 'web' } }, plain],
    options: { ingressService: 'web/mine' },
    url: `http://203.0.113.20${path}`,
  },
  '--ingress-service that is not there': {
    objects: [nginx, usual, plain],
    options: { ingressService: 'web/mine' },
    url: null,
    says: /^Unknown: Service web\/mine, named by --ingress-service, is not there$/,
  },
  '--ingress-service that was not seen': {
    objects: [nginx, usual, plain],
    options: { ingressService: 'web/mine', unseen: ['namedControllerServices'] },
    url: null,
    says: /^Unknown: Service web\/mine, named by --ingress-service, was not seen \(namedControllerServices is forbidden\)$/,
  },
  'controllers seen in ingress-nginx only': {
    objects: [nginx, usual, elsewhere, plain],
    options: { unseen: ['controllerServices'] },
    url: `http://203.0.113.9${path}`,
  },
  'none in ingress-nginx, and elsewhere nobody may look': {
    objects: [nginx, elsewhere, plain],
    options: { unseen: ['controllerServices'] },
    url: null,
    says: /^Unknown: services of ingress controllers in all namespaces were not seen \(controllerServices is forbidden\)$/,
  },
  'no controller may be seen': {
    objects: [nginx, usual, plain],
    options: { unseen: ['controllerServices', 'ingressNginxServices'] },
    url: null,
    says: /^Unknown: services of ingress controllers were not seen \(controllerServices is forbidden\)$/,
  },
  'no controller may be seen, with an address in the status': {
    objects: [nginx, usual, published({ ip: '203.0.113.9' })],
    options: { unseen: ['controllerServices', 'ingressNginxServices'] },
    url: `http://203.0.113.9${path}`,
  },
  'classes not seen: whose it is nobody knows': {
    objects: [usual, plain],
    options: { unseen: ['ingressClasses'] },
    url: null,
    says: /^Unknown: ingressclasses were not seen \(ingressClasses is forbidden\)$/,
  },
  'classes not seen, but the status shows a controller': {
    objects: [usual, other, published({ ip: '203.0.113.10' })],
    options: { unseen: ['ingressClasses'] },
    url: `http://203.0.113.10${path}`,
  },
  'classes not seen, an address in the status': {
    objects: [usual, published({ ip: '203.0.113.50' })],
    options: { unseen: ['ingressClasses'] },
    url: `http://203.0.113.50${path}`,
  },
  'classes not seen, --ingress-service': {
    objects: [usual, plain],
    options: { unseen: ['ingressClasses'], ingressService: 'ingress-nginx/ingress-nginx-controller' },
    url: `http://203.0.113.9${path}`,
  },
  externalIPs: {
    objects: [nginx, changed(onNodes, { externalIPs: ['198.51.100.1'] }), plain],
    url: `http://198.51.100.1${path}`,
    differs: 'SkyPilot prints port 30080, this endpoint answers at port 80',
  },
  'the annotation, with the nodePort': {
    objects: [nginx, changed(onNodes, {}, { 'skypilot.co/external-ip': '198.51.100.2' }), plain],
    url: `http://198.51.100.2:30080${path}`,
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
    url: `http://203.0.113.9${path}`,
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
    url: `http://localhost:30080${path}`,
    differs: null,
  },
  'a cluster IP in the status is useless from outside': {
    objects: [nginx, onNodes, published({ ip: '10.96.0.5' })],
    url: null,
    says: /^Pending/,
  },
  'localhost in the status, as on kind': {
    objects: [nginx, onNodes, published({ hostname: 'localhost' })],
    url: `http://localhost${path}`,
  },
  'several addresses, the first in use': {
    objects: [
      nginx,
      { ...usual, status: { loadBalancer: { ingress: [{ ip: '203.0.113.9' }, { ip: '2001:db8::9' }] } } },
      plain,
    ],
    url: `http://203.0.113.9${path}`,
    differs: null,
  },
  IPv6: {
    objects: [nginx, ingressNginxService({ ip: '2001:db8::9' }), plain],
    url: `http://[2001:db8::9]${path}`,
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
    url: `http://203.0.113.9${path}`,
  },
  'ports by name, whatever their number': {
    objects: [nginx, changed(usual, { ports: [{ name: 'http', port: 8080 }] }), plain],
    url: `http://203.0.113.9:8080${path}`,
    differs: 'SkyPilot prints port 80, this endpoint answers at port 8080',
  },
  'the old class annotation': {
    objects: [
      ingressClass('other', 'traefik.io/ingress-controller'),
      nginx,
      usual,
      traefik,
      {
        ...plain,
        metadata: { ...plain.metadata, annotations: { 'kubernetes.io/ingress.class': 'other' } },
        spec: { rules: plain.spec!.rules! },
      },
    ],
    url: `http://203.0.113.31${path}`,
  },
  'the default class': {
    objects: [
      nginx,
      {
        ...ingressClass('other', 'traefik.io/ingress-controller'),
        metadata: { name: 'other', annotations: { 'ingressclass.kubernetes.io/is-default-class': 'true' } },
      },
      usual,
      traefik,
      { ...plain, spec: { rules: plain.spec!.rules! } },
    ],
    url: `http://203.0.113.31${path}`,
  },
};
for (const [title, { objects, options, url, differs, says }] of Object.entries(cases)) {
  test(title, (t) => {
    const row = rowAt([...base, ...objects], options);
    t.is(row.url, url);
    if (differs !== undefined) t.is(row.skyPilot.differs, differs);
    t.regex(`${row.state}: ${row.reason}`, says ?? /^Ready: $/);
  });
}

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
