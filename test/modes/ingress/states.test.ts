import test from 'ava';
import type { Service } from 'kubernetes-types/core/v1';
import type { Ingress } from 'kubernetes-types/networking/v1';
import { rowAt } from '../../helpers/look.ts';
import {
  ingressClass,
  ingressNginxService,
  skyIngress,
  skyNames,
  skyPod,
  skyPortService,
} from '../../helpers/skypilot-objects.ts';

const train = skyNames('default', 'train');
const head = skyPod(train);
const service = skyPortService(train, 8888);
const controller = ingressNginxService({ ip: '203.0.113.9' });
const world = [head, service, ingressClass(), controller];

/** SkyPilot's Ingress, changed. */
function ingress(change: (ingress: Ingress) => void = () => {}): Ingress {
  const made = skyIngress(train, [8888]);
  change(made);
  return made;
}

const broken: Readonly<Record<string, [objects: readonly (Service | Ingress)[], reason: string]>> = {
  'the backend is not there': [[ingress()], 'its backend, Service train-2ea485ef--skypilot-svc--8888, does not exist'],
  'the backend has no such port': [
    [
      skyPortService(train, 8888),
      ingress(({ spec }) => Object.assign(spec!.rules![0]!.http!.paths[0]!.backend.service!.port!, { number: 1 })),
    ],
    'its backend, Service train-2ea485ef--skypilot-svc--8888, has no port 1',
  ],
  'the class is not there': [
    [service, ingress(({ spec }) => Object.assign(spec!, { ingressClassName: 'nope' }))],
    'IngressClass nope does not exist',
  ],
  'no Ingress leads to the per-port Service': [
    [service],
    'no Ingress leads to Service train-2ea485ef--skypilot-svc--8888',
  ],
};
for (const [title, [objects, reason]] of Object.entries(broken)) {
  test(`Broken: ${title}`, (t) =>
    t.like(rowAt([head, ingressClass(), controller, ...objects]), { state: 'Broken', reason, mode: 'ingress' }));
}

test("Broken: another's Ingress leads to a Service of SkyPilot's that is gone", (t) => {
  const foreign = ingress(({ metadata }) => Object.assign(metadata!, { name: 'by-hand' }));
  t.like(rowAt([head, ingressClass(), controller, foreign]), {
    state: 'Broken',
    skyCluster: 'train',
    managedBy: 'other',
  });
});

test('Broken: no Ingress leads to a per-port Service of ours', (t) => {
  const metadata = {
    name: `${train.nameOnCloud}--skyports-svc--8888`,
    namespace: 'default',
    labels: { 'app.kubernetes.io/managed-by': 'kubectl-skyports' },
  };
  const spec = { ...service.spec, ports: [{ port: 80, targetPort: 8888 }] };
  const row = rowAt([head, { ...service, metadata, spec }]);
  t.like(row, { state: 'Broken', mode: 'ingress', managedBy: 'kubectl-skyports', port: 80, targetPort: 8888 });
});

test('Broken: the Pods are gone', (t) => {
  t.like(rowAt([service, ingressClass(), controller, ingress()]), {
    state: 'Broken',
    reason: `SkyPilot cluster ${train.nameOnCloud} has no Pod any more`,
    skyCluster: train.nameOnCloud,
  });
});

test('no ready backend', (t) => {
  t.like(rowAt([skyPod(train, { phase: 'Failed' }), service, ingressClass(), controller, ingress()]), {
    state: 'NoBackends',
    reason: 'Pod train-2ea485ef-head is Failed',
  });
});

test('ingresses not seen: the per-port Services are Unknown', (t) => {
  t.like(rowAt([...world, ingress()], { unseen: ['ingresses'] }), {
    state: 'Unknown',
    reason: 'ingresses were not seen (ingresses is forbidden)',
    url: null,
  });
});

test('services not seen: the Ingress is Unknown, and known by its name', (t) => {
  const row = rowAt([...world, ingress()], { unseen: ['services'] });
  t.like(row, {
    state: 'Unknown',
    reason: 'services were not seen (services is forbidden)',
    port: 8888,
    inClusterUrl: null,
  });
});
