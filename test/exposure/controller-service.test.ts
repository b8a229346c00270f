import test from 'ava';
import {
  type Answers,
  answersAt,
  changed,
  labelled,
  nginx,
  nothing,
  path,
  plain,
  published,
  usual,
} from '../helpers/ingress-world.ts';
import { ingressClass, ingressNginxAdmissionService, ingressNginxService } from '../helpers/skypilot-objects.ts';

// Which Service is taken for the controller's.

const elsewhere = ingressNginxService({
  namespace: 'web',
  name: 'release-ingress-nginx-controller',
  ip: '203.0.113.20',
});
const other = ingressNginxService({ namespace: 'a', ip: '203.0.113.10' });
const another = ingressNginxService({ namespace: 'b', ip: '203.0.113.11' });
const rke2 = labelled('rke2-ingress-nginx-controller', 'rke2-ingress-nginx', '203.0.113.30');
const traefik = labelled('traefik', 'traefik', '203.0.113.31');

const cases: Readonly<Record<string, Answers>> = {
  "SkyPilot's controller": { objects: [nginx, usual, plain], url: `http://203.0.113.9${path}/`, differs: null },
  'the admission Service is ignored': {
    objects: [nginx, ingressNginxAdmissionService(), usual, plain],
    url: `http://203.0.113.9${path}/`,
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
    url: `http://203.0.113.9${path}/`,
  },
  'a controller elsewhere works, and SkyPilot does not find it': {
    objects: [nginx, elsewhere, plain],
    url: `http://203.0.113.20${path}/`,
    differs: nothing,
  },
  'in all namespaces too': {
    objects: [nginx, elsewhere, plain],
    options: { namespace: null },
    url: `http://203.0.113.20${path}/`,
    differs: nothing,
  },
  RKE2: { objects: [nginx, rke2, plain], url: `http://203.0.113.30${path}/`, differs: nothing },
  'RKE2 without a Service: the status has the address': {
    objects: [nginx, published({ ip: '10.0.0.4' })],
    url: `http://10.0.0.4${path}/`,
    differs: nothing,
  },
  'Traefik reads a class of its own': {
    objects: [ingressClass('nginx', 'traefik.io/ingress-controller'), traefik, usual, plain],
    url: `http://203.0.113.31${path}/`,
    differs: 'SkyPilot prints host 203.0.113.9, this endpoint answers at 203.0.113.31',
  },
  'Traefik without a Service that is known, with an address in the status': {
    objects: [ingressClass('nginx', 'traefik.io/ingress-controller'), usual, published({ hostname: 'lb.example.com' })],
    url: `http://lb.example.com${path}/`,
  },
  'a controller nobody knows, with an address in the status': {
    objects: [ingressClass('nginx', 'example.com/mine'), usual, published({ ip: '203.0.113.40' })],
    url: `http://203.0.113.40${path}/`,
  },
  'a controller nobody knows': {
    objects: [ingressClass('nginx', 'example.com/mine'), usual, plain],
    url: null,
    says: /^Pending: no Service of the ingress controller \(example\.com\/mine\) .*--ingress-service/,
    differs: `SkyPilot prints an address that does not work: http://203.0.113.9${path}`,
  },
  'of two the one whose address the status shows': {
    objects: [nginx, usual, other, published({ ip: '203.0.113.10' })],
    url: `http://203.0.113.10${path}/`,
  },
  'of two the one whose cluster IP the status shows': {
    objects: [
      nginx,
      other,
      changed(ingressNginxService({ namespace: 'c', ip: '203.0.113.12' }), { clusterIP: '10.96.0.77' }),
      published({ ip: '10.96.0.77' }),
    ],
    url: `http://203.0.113.12${path}/`,
  },
  "of two without a word in the status SkyPilot's": {
    objects: [nginx, other, usual, plain],
    url: `http://203.0.113.9${path}/`,
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
    url: `http://203.0.113.10${path}/`,
  },
  '--ingress-service needs no labels': {
    objects: [nginx, { ...elsewhere, metadata: { name: 'mine', namespace: 'web' } }, plain],
    options: { ingressService: 'web/mine' },
    url: `http://203.0.113.20${path}/`,
  },
  '--ingress-service that is not there': {
    objects: [nginx, usual, plain],
    options: { ingressService: 'web/mine' },
    url: null,
    says: /^Unknown: Service web\/mine, named by --ingress-service, does not exist$/,
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
    url: `http://203.0.113.9${path}/`,
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
    url: `http://203.0.113.9${path}/`,
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
    url: `http://203.0.113.10${path}/`,
  },
  'classes not seen, an address in the status': {
    objects: [usual, published({ ip: '203.0.113.50' })],
    options: { unseen: ['ingressClasses'] },
    url: `http://203.0.113.50${path}/`,
  },
  'classes not seen, --ingress-service': {
    objects: [usual, plain],
    options: { unseen: ['ingressClasses'], ingressService: 'ingress-nginx/ingress-nginx-controller' },
    url: `http://203.0.113.9${path}/`,
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
    url: `http://203.0.113.31${path}/`,
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
    url: `http://203.0.113.31${path}/`,
  },
};
for (const [title, world] of Object.entries(cases)) test(title, answersAt, world);
