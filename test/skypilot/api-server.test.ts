import test from 'ava';
import type { Service } from 'kubernetes-types/core/v1';
import { apiServerNamed, apiServerPartOf, isApiServerIngress } from '../../src/skypilot/api-server.ts';
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

test('its Ingress leads to its Service', (t) => {
  const backend = { service: { name: 'sky-api-service', port: { number: 80 } } };
  const rules = [{ http: { paths: [{ path: '/', pathType: 'Prefix', backend }] } }];
  t.true(isApiServerIngress({ metadata: { name: 'sky-ingress' }, spec: { rules } }));
  t.false(isApiServerIngress({ metadata: { name: 'shop-ingress' }, spec: { rules } }));
  t.false(isApiServerIngress(skyIngress(train, [8888])));
});
