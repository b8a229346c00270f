import test from 'ava';
import type { Service } from 'kubernetes-types/core/v1';
import {
  apiServerNamed,
  apiServerObjects,
  apiServerPartOf,
  apiServerSentence,
  isApiServerIngress,
} from '../../src/skypilot/api-server.ts';
import { train } from '../helpers/requests.ts';
import { skyIngress, skyLoadBalancer } from '../helpers/skypilot-objects.ts';

const service = (name: string, selector: Record<string, string>, labels: Record<string, string> = {}): Service => ({
  metadata: { name, namespace: 'skypilot', labels },
  spec: { selector, ports: [{ port: 80, targetPort: 46580 }] },
});
const api = service('sky-api-service', { app: 'sky-api', 'skypilot.co/ready': 'true' });
const ssh = service('sky-ssh-service', { app: 'sky-ssh', 'skypilot.co/ready': 'true' });
const signIn = service(
  'sky-oauth2-proxy',
  { app: 'sky-oauth2-proxy' },
  { 'skypilot.co/component': 'oauth2-proxy', tier: 'skypilot' },
);
const nodePort = service('sky-ingress-controller-np', { 'app.kubernetes.io/instance': 'sky' });

test('the Services of the chart, by what they belong to', (t) => {
  t.deepEqual([api, ssh, signIn, nodePort].map(apiServerPartOf), [
    "SkyPilot's API server",
    "the SSH proxy of SkyPilot's API server",
    "the sign-in of SkyPilot's API server",
    "the ingress controller of SkyPilot's API server",
  ]);
});

test('a Service that only has such a name is not one of them', (t) => {
  const shop = service('shop-api-service', { app: 'shop' });
  t.deepEqual([shop, skyLoadBalancer(train, [8888]), {}].map(apiServerPartOf), [undefined, undefined, undefined]);
});

test('a release, a Service and a Pod of it are recognized', (t) => {
  for (const word of [
    'sky',
    'sky-api-server',
    'deployment/sky-api-server',
    'sky-api-server-7d-x',
    'svc/sky-api-service',
  ]) {
    t.is(apiServerNamed(word, [skyLoadBalancer(train, [8888]), api]), api, word);
  }
  t.is(apiServerNamed('train', [api]), undefined);
  t.is(apiServerNamed('skylark', [api]), undefined);
});

test('all objects of the chart are named, and only they', (t) => {
  const backend = { service: { name: 'sky-api-service', port: { number: 80 } } };
  const rules = [{ http: { paths: [{ path: '/', pathType: 'Prefix', backend }] } }];
  const entry = { metadata: { name: 'sky-ingress', namespace: 'skypilot' }, spec: { rules } };
  const controller = (release: string) =>
    service(`${release}-ingress-nginx-controller`, {}, { 'app.kubernetes.io/instance': release });
  const services = [controller('sky'), controller('shop'), skyLoadBalancer(train, [8888]), api, ssh];
  t.is(
    apiServerSentence(apiServerObjects(services, [entry, skyIngress(train, [8888])])),
    "Service skypilot/sky-api-service is SkyPilot's API server, Service skypilot/sky-ssh-service is the SSH proxy of SkyPilot's API server, Service skypilot/sky-ingress-nginx-controller is the ingress controller of SkyPilot's API server and Ingress skypilot/sky-ingress is the Ingress of SkyPilot's API server, not SkyPilot clusters",
  );
  t.is(apiServerSentence(apiServerObjects([skyLoadBalancer(train, [8888])], [])), undefined);
});

test('its Ingress leads to its Service', (t) => {
  const backend = { service: { name: 'sky-api-service', port: { number: 80 } } };
  const rules = [{ http: { paths: [{ path: '/', pathType: 'Prefix', backend }] } }];
  t.true(isApiServerIngress({ metadata: { name: 'sky-ingress' }, spec: { rules } }));
  t.false(isApiServerIngress({ metadata: { name: 'shop-ingress' }, spec: { rules } }));
  t.false(isApiServerIngress(skyIngress(train, [8888])));
});
