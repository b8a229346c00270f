import test from 'ava';
import {
  ingressName,
  isInternalServiceName,
  loadBalancerName,
  parseIngressName,
  parseServiceName,
} from '../../src/skypilot/names.ts';
import { reservedPortOwner } from '../../src/skypilot/reserved-ports.ts';

const services = {
  'train-2ea4--skypilot-lb': { role: 'load-balancer', nameOnCloud: 'train-2ea4' },
  'train-2ea4--skypilot-svc--8888': { role: 'port-service', nameOnCloud: 'train-2ea4', port: 8888 },
  'a--skypilot-svc--1--skypilot-svc--2': { role: 'port-service', nameOnCloud: 'a--skypilot-svc--1', port: 2 },
  'train-2ea4--skypilot-svc--x': undefined,
  'train-2ea4-skypilot-lb': undefined,
  'train-2ea4--skyports-lb': undefined,
  'train-2ea4-head': undefined,
};
for (const [name, expected] of Object.entries(services)) {
  test(`Service ${name}`, (t) => t.deepEqual(parseServiceName(name) as unknown, expected));
}

const ingresses = {
  'train-2ea4-skypilot-ingress': { role: 'ingress', nameOnCloud: 'train-2ea4' },
  'sky-serve-controller-2ea4-skypilot-serve-ingress': {
    role: 'serve-ingress',
    nameOnCloud: 'sky-serve-controller-2ea4',
  },
  'train-2ea4--skyports-ingress': undefined,
};
for (const [name, expected] of Object.entries(ingresses)) {
  test(`Ingress ${name}`, (t) => t.deepEqual(parseIngressName(name) as unknown, expected));
}

test('names are read as they are made', (t) => {
  t.is(parseServiceName(loadBalancerName('train-2ea4'))?.nameOnCloud, 'train-2ea4');
  t.is(parseIngressName(ingressName('train-2ea4'))?.nameOnCloud, 'train-2ea4');
});

const internal = {
  'train-2ea4-head': true,
  'train-2ea4-head-ssh': true,
  'train-2ea4-worker1': true,
  'train-2ea4-worker12': true,
  'train-2ea4-worker': false,
  'train-2ea4-header': false,
  'train-2ea4': false,
  'other-2ea4-head': false,
};
for (const [name, expected] of Object.entries(internal)) {
  test(`${name} is ${expected ? '' : 'not '}SkyPilot's own`, (t) =>
    t.is(isInternalServiceName(name, 'train-2ea4'), expected));
}

test("Ray's and SkyPilot's own ports", (t) => {
  for (const port of [22, 6380, 8265, 8266, 10001, 46590]) t.truthy(reservedPortOwner(port, undefined), String(port));
  for (const port of [80, 443, 6379, 8888]) t.is(reservedPortOwner(port, undefined), undefined);
});
