import test from 'ava';
import type { Service, ServiceSpec } from 'kubernetes-types/core/v1';
import { rowAt, rowsAt } from '../helpers/look.ts';
import {
  ingressClass,
  ingressNginxService,
  skyIngress,
  skyInternalServices,
  skyNames,
  skyPod,
  skyPortService,
} from '../helpers/skypilot-objects.ts';

const train = skyNames('default', 'train');
const head = skyPod(train);

function service(spec: ServiceSpec = {}): Service {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'web', namespace: 'default' },
    spec: {
      clusterIP: '10.96.0.9',
      selector: { 'skypilot-cluster-name': train.nameOnCloud },
      ports: [{ port: 80, targetPort: 8888 }],
      ...spec,
    },
  };
}

test("somebody else's ClusterIP Service", (t) => {
  t.like(rowAt([head, service()]), {
    mode: 'clusterip',
    address: '10.96.0.9',
    url: 'http://10.96.0.9',
    inClusterUrl: 'http://web.default.svc',
    scope: 'cluster',
    managedBy: 'other',
    port: 80,
    targetPort: 8888,
    state: 'Ready',
  });
});

test('dual stack', (t) => {
  const row = rowAt([head, service({ clusterIPs: ['10.96.0.9', 'fd00::9'] })]);
  t.deepEqual(row.addresses, ['10.96.0.9', 'fd00::9']);
});

test('the name of a headless Service leads to the Pods: their port answers', (t) => {
  t.like(rowAt([head, service({ clusterIP: 'None', clusterIPs: ['None'] })]), {
    address: 'web.default.svc',
    url: 'http://web.default.svc:8888',
    inClusterUrl: 'http://web.default.svc:8888',
    port: 80,
    scope: 'cluster',
  });
});

test('externalIPs make it callable from outside', (t) => {
  const row = rowAt([head, service({ externalIPs: ['198.51.100.1'] })]);
  t.like(row, { address: '198.51.100.1', url: 'http://198.51.100.1', scope: 'public' });
  t.deepEqual(row.addresses, ['198.51.100.1', '10.96.0.9']);
});

test('UDP has no URL', (t) => {
  t.like(rowAt([head, service({ ports: [{ port: 53, protocol: 'UDP' }] })]), { url: null, inClusterUrl: null });
});

test('no cluster IP yet', (t) => {
  t.like(rowAt([head, service({ clusterIP: '' })]), { state: 'Pending', reason: 'Service web has no cluster IP yet' });
});

test("SkyPilot's own Services are not listed, its and our per-port ones have no row here", (t) => {
  const ours = {
    ...service(),
    metadata: {
      name: 'c--skyports-svc--80',
      namespace: 'default',
      labels: { 'app.kubernetes.io/managed-by': 'kubectl-skyports' },
    },
  };
  const rows = rowsAt(
    [head, ...skyInternalServices(train, 2), skyPortService(train, 8888), ours],
    {},
    { modes: ['clusterip'] },
  );
  t.deepEqual(rows, []);
});

test("an Ingress's backend gets no row of its own", (t) => {
  const ingress = skyIngress(train, [80]);
  ingress.metadata!.name = 'by-hand';
  ingress.spec!.rules![0]!.http!.paths[0]!.backend.service!.name = 'web';
  const row = rowAt([head, service(), ingress, ingressClass(), ingressNginxService({ ip: '203.0.113.9' })]);
  t.like(row, { mode: 'ingress', managedBy: 'other', state: 'Ready' });
});
