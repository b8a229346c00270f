import test from 'ava';
import { publishedHostOf } from '../../src/exposure/external-addresses.ts';
import { rowAt } from '../helpers/look.ts';
import {
  ingressClass,
  ingressNginxService,
  skyIngress,
  skyLoadBalancer,
  skyNames,
  skyPod,
  skyPortService,
} from '../helpers/skypilot-objects.ts';

const key = 'external-dns.alpha.kubernetes.io/hostname';
const annotated = <T extends { metadata?: object }>(object: T, value: string): T => ({
  ...object,
  metadata: { ...object.metadata, annotations: { [key]: value } },
});

for (const [value, host] of [
  ['train.example.com', 'train.example.com'],
  ['Train.Example.com.', 'train.example.com'],
  ['*.example.com, a.example.com,b.example.com', 'a.example.com'],
  ['', undefined],
  ['*.example.com', undefined],
  ['localhost', undefined],
  ['a b.example.com', undefined],
  [`${'a'.repeat(64)}.example.com`, undefined],
  ['1.2.3.4', undefined],
  ['train.3com', 'train.3com'],
] as const) {
  test(`"${value}" publishes ${host ?? 'nothing that can be called'}`, (t) => {
    t.is(publishedHostOf(undefined, annotated({}, value)), host);
  });
}

const names = skyNames('default', 'train');
const pod = skyPod(names);

test('load balancer: the name is in the URL, the address stays, and the difference is said', (t) => {
  const service = annotated(skyLoadBalancer(names, [8888], { ip: '203.0.113.80' }), 'train.example.com');
  const { url, address, addresses, state, skyPilot } = rowAt([pod, service]);
  t.is(url, 'http://train.example.com:8888');
  t.is(address, '203.0.113.80');
  t.deepEqual(addresses, ['203.0.113.80']);
  t.is(state, 'Ready');
  t.is(skyPilot.prints, '203.0.113.80:8888');
  t.is(skyPilot.differs, 'SkyPilot prints the address; external-dns publishes train.example.com for it');
});

test('a load balancer without an address has no URL, whatever name is to be published', (t) => {
  const { url, state } = rowAt([pod, annotated(skyLoadBalancer(names, [8888]), 'train.example.com')]);
  t.is(url, null);
  t.is(state, 'Pending');
});

test('Ingress: its own name before the controller’s, and the host of its rule before both', (t) => {
  const controller = ingressNginxService({ ip: '203.0.113.70' });
  const service = skyPortService(names, 8888);
  const ingress = skyIngress(names, [8888]);
  const at = (own: string | undefined, theirs: string | undefined, ruleHost?: string) => {
    const rules = ingress.spec!.rules!.map((rule) => ({ ...rule, ...(ruleHost && { host: ruleHost }) }));
    const mine = { ...ingress, spec: { ...ingress.spec, rules } };
    return rowAt([
      ...[pod, service, ingressClass()],
      own
        ? { ...mine, metadata: { ...mine.metadata, annotations: { ...mine.metadata?.annotations, [key]: own } } }
        : mine,
      theirs ? annotated(controller, theirs) : controller,
    ]).url;
  };
  t.is(at(undefined, undefined), 'http://203.0.113.70/skypilot/default/train-2ea485ef/8888/');
  t.is(at(undefined, 'apps.example.com'), 'http://apps.example.com/skypilot/default/train-2ea485ef/8888/');
  t.is(at('train.example.com', 'apps.example.com'), 'http://train.example.com/skypilot/default/train-2ea485ef/8888/');
  t.is(
    at('train.example.com', undefined, 'rule.example.com'),
    'http://rule.example.com/skypilot/default/train-2ea485ef/8888/',
  );
});
