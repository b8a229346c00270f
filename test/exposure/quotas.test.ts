import test from 'ava';
import type { Service, ServiceSpec } from 'kubernetes-types/core/v1';
import {
  countsOf,
  countsOfWrite,
  exceededQuotas,
  isCountedAtOnce,
  shortageText,
  sumOfCounts,
} from '../../src/exposure/quotas.ts';
import type { ResourceQuota } from '../../src/snapshot/topics.ts';
import { indexAt } from '../helpers/look.ts';
import { exposed, planAt, train } from '../helpers/requests.ts';
import { skyPod } from '../helpers/skypilot-objects.ts';

const port = (number: number, more: object = {}) => ({ port: number, ...more });
const service = (spec: ServiceSpec): Service => ({ kind: 'Service', metadata: { name: 'a' }, spec });
const one = { services: 1, 'count/services': 1 };

test('a Service counts as Kubernetes counts it', (t) => {
  const ports = [port(80), port(81)];
  t.deepEqual(countsOf(service({ ports })), one);
  t.deepEqual(countsOf(service({ type: 'NodePort', ports })), { ...one, 'services.nodeports': 2 });
  const balanced = { ...one, 'services.loadbalancers': 1 };
  t.deepEqual(countsOf(service({ type: 'LoadBalancer', ports })), { ...balanced, 'services.nodeports': 2 });
  const without = { type: 'LoadBalancer', allocateLoadBalancerNodePorts: false } as const;
  t.deepEqual(countsOf(service({ ...without, ports })), balanced);
  const wished = [port(80), port(81, { nodePort: 30080 })];
  t.deepEqual(countsOf(service({ ...without, ports: wished })), { ...balanced, 'services.nodeports': 1 });
});

test('an Ingress counts by its group, other kinds not at all', (t) => {
  t.deepEqual(countsOf({ kind: 'Ingress' }), { 'count/ingresses.networking.k8s.io': 1 });
  t.deepEqual(countsOf({ kind: 'Pod' }), {});
  t.deepEqual(countsOf(undefined), {});
});

test('a write counts what it adds to the live object', (t) => {
  const head = skyPod(train);
  const ingress = { 'count/ingresses.networking.k8s.io': 1 };
  const counted = (objects: Parameters<typeof planAt>[0], ports: string, mode: 'nodeport' | 'ingress') => {
    const view = indexAt(objects);
    return planAt(objects, { ports, mode, force: true }).writes.map((write) => countsOfWrite(view, write));
  };
  t.deepEqual(counted([head], '8888', 'nodeport'), [{ ...one, 'services.nodeports': 1 }]);
  const live = exposed([head], { ports: '8888', mode: 'nodeport' });
  t.deepEqual(counted(live, '9000 9001', 'nodeport'), [{ 'services.nodeports': 2 }]);
  t.deepEqual(counted(live, '8888', 'nodeport'), [{}]);
  t.deepEqual(counted([head], '1 2', 'ingress'), [one, one, ingress, ingress, ingress]);
});

test('only what counts twice for one limit is hidden by dry runs that count alone', (t) => {
  const ingress = { 'count/ingresses.networking.k8s.io': 1 };
  t.true(isCountedAtOnce([]));
  t.true(isCountedAtOnce([one, ingress]));
  t.false(isCountedAtOnce([one, one, ingress]));
  t.deepEqual(sumOfCounts([one, one, ingress]), { services: 2, 'count/services': 2, ...ingress });
});

const quota = (hard: Record<string, string | number>, used: Record<string, string> = {}, spec: object = {}) =>
  ({
    metadata: { name: 'team-a', namespace: 'ml' },
    spec: { hard, ...spec },
    status: { hard, used },
  }) as ResourceQuota;
const exceeds = (each: ResourceQuota, requested: object, namespace?: string) =>
  exceededQuotas([each], namespace, requested).flatMap(({ shortages }) => shortages.map(shortageText));

test('a quota is exceeded beyond its limit, not at it', (t) => {
  t.deepEqual(exceeds(quota({ services: '5' }, { services: '4' }), { services: 1 }), []);
  t.deepEqual(exceeds(quota({ services: '5' }, { services: '4' }), { services: 2 }), [
    'services: 4 of 5 used, 2 more requested',
  ]);
  t.deepEqual(exceeds(quota({ services: '5' }, { services: '5' }), { services: 1 }), ['services: 5 of 5 used']);
  t.deepEqual(exceeds(quota({ services: 0 }), { services: 1 }), ['services: 0 of 0 used'], 'nothing is used yet');
  t.deepEqual(exceeds(quota({ services: '5' }, { services: '9' }), { 'services.nodeports': 1 }), []);
  t.deepEqual(exceeds(quota({ services: '1k' }, { services: '999' }), { services: 1 }), []);
  t.deepEqual(exceeds(quota({ services: '1k' }, { services: '1e3' }), { services: 1 }).length, 1);
  t.deepEqual(exceeds(quota({ services: 'many' }), { services: 1 }), [], 'what cannot be read refuses nothing');
});

test('the limits are those of the status; a quota with scopes, or of another namespace, counts no Service', (t) => {
  const full = quota({ services: '0' });
  t.is(exceeds(full, { services: 1 }, 'ml').length, 1);
  t.deepEqual(exceeds(full, { services: 1 }, 'other'), []);
  t.deepEqual(exceeds({ ...full, status: { hard: { services: '2' } } }, { services: 1 }), []);
  t.is(exceeds({ ...full, status: {} }, { services: 1 }).length, 1);
  t.deepEqual(exceeds(quota({ services: '0' }, {}, { scopes: ['BestEffort'] }), { services: 1 }), []);
  t.deepEqual(exceeds(quota({ services: '0' }, {}, { scopeSelector: {} }), { services: 1 }), []);
});
