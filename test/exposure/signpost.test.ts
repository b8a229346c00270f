import test from 'ava';
import type { Service } from 'kubernetes-types/core/v1';
import type { Ingress } from 'kubernetes-types/networking/v1';
import { signpostIngressClass, signpostService, signpostStatus } from '../../src/exposure/controllers/signpost.ts';
import { type KubernetesObject, rowAt } from '../helpers/look.ts';
import {
  ingressClass,
  ingressNginxService,
  skyIngress,
  skyNames,
  skyPod,
  skyPortService,
} from '../helpers/skypilot-objects.ts';

const train = skyNames('default', 'train');
const path = '/skypilot/default/train-2ea485ef/8888';
const signpost: Service = {
  ...signpostService(),
  status: signpostStatus('gpu.example.com') as NonNullable<Service['status']>,
};
const ports = [skyPod(train), skyPortService(train, 8888), skyIngress(train, [8888])];

/** The row of port 8888, seen from its namespace and from all. */
function urlsAt(...objects: readonly KubernetesObject[]): (string | null)[] {
  return [rowAt([...ports, ...objects]), rowAt([...ports, ...objects], { namespace: null })].map(({ url }) => url);
}

test('SkyPilot prints what the signpost says', (t) => {
  t.is(rowAt([...ports, signpost, ingressClass()]).skyPilot.prints, `http://gpu.example.com${path}`);
});

test("the real controller's address comes before the signpost's", (t) => {
  const real = ingressNginxService({ namespace: 'kube-system', name: 'real', ip: '203.0.113.70' });
  const expected = `http://203.0.113.70${path}/`;
  t.deepEqual(urlsAt(signpost, real, ingressClass()), [expected, expected]);
});

test("the Ingress's own status comes before the signpost's", (t) => {
  const [pod, service, ingress] = ports;
  const published: Ingress = {
    ...(ingress as Ingress),
    status: { loadBalancer: { ingress: [{ ip: '203.0.113.12' }] } },
  };
  const row = rowAt([pod!, service!, published, signpost, ingressClass()]);
  t.is(row.url, `http://203.0.113.12${path}/`);
});

test('where nothing else has an address, the signpost has', (t) => {
  const expected = `http://gpu.example.com${path}/`;
  t.deepEqual(urlsAt(signpost, ingressClass()), [expected, expected]);
  const pending = ingressNginxService({ namespace: 'kube-system', name: 'real', type: 'NodePort' });
  t.deepEqual(urlsAt(signpost, pending, ingressClass()), [expected, expected]);
  const managed = ingressClass('webapprouting', 'webapprouting/nginx');
  t.deepEqual(urlsAt(signpost, managed, signpostIngressClass(managed)), [expected, expected]);
});

test('the signpost stands for its own controller only', (t) => {
  const ingress = skyIngress(train, [8888]);
  const other: Ingress = { ...ingress, spec: { ...ingress.spec, ingressClassName: 'traefik' } };
  const objects = [
    ...ports.slice(0, 2),
    other,
    signpost,
    ingressClass(),
    ingressClass('traefik', 'traefik.io/ingress-controller'),
  ];
  const { state, url } = rowAt(objects);
  t.deepEqual([state, url], ['Pending', null]);
});

test('a Service that the user names is taken at its word', (t) => {
  const real = ingressNginxService({ namespace: 'kube-system', name: 'real', type: 'NodePort' });
  const row = rowAt([...ports, signpost, real, ingressClass()], { ingressService: 'kube-system/real' });
  t.is(row.state, 'Pending');
});
