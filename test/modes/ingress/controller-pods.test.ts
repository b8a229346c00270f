import test from 'ava';
import type { Service } from 'kubernetes-types/core/v1';
import { indexSnapshot } from '../../../src/exposure/snapshot-index.ts';
import { controllerPodsIfNeeded, withControllersJudged } from '../../../src/modes/ingress/controller-pods.ts';
import { resolveEndpoints } from '../../../src/modes/resolve-endpoints.ts';
import type { Snapshot } from '../../../src/snapshot/snapshot.ts';
import { changed, nginx, plain, published, usual } from '../../helpers/ingress-world.ts';
import { type KubernetesObject, lookAt } from '../../helpers/look.ts';
import { train } from '../../helpers/requests.ts';
import { ingressNginxPod, skyLoadBalancer, skyPod, skyPortService } from '../../helpers/skypilot-objects.ts';

const app = [skyPod(train), skyPortService(train, 8888), nginx];
const world = [...app, plain, usual];

function withPods(snapshot: Snapshot, pods: readonly object[]): Snapshot {
  const controllerPods = { observed: true, items: pods, resourceVersion: '', cutOff: false };
  return { ...snapshot, topics: { ...snapshot.topics, controllerPods } as Snapshot['topics'] };
}

function statesOf(objects: readonly KubernetesObject[], pods: readonly object[] | undefined): string[] {
  const snapshot = lookAt(objects);
  const view = indexSnapshot(pods ? withPods(snapshot, pods) : snapshot);
  return withControllersJudged(view, resolveEndpoints(view)).map(({ state, reason }) => `${state} ${reason}`.trim());
}

const without = "NoBackends the ingress controller's Service ingress-nginx/ingress-nginx-controller has no ready Pod:";
const outside: Service = changed(usual, { selector: {} });
const otherLabels: Service = changed(usual, { selector: { app: 'mine' } });

const cases: Readonly<Record<string, [readonly KubernetesObject[], readonly object[] | undefined, string]>> = {
  'a ready Pod': [world, [ingressNginxPod()], 'Ready'],
  'a Pod that is not Ready': [
    world,
    [ingressNginxPod({ ready: false })],
    `${without} Pod ingress-nginx-controller-0 is Running but not Ready`,
  ],
  'no Pod': [world, [], `${without} it selects no Pod`],
  'a Pod of the same labels elsewhere': [
    world,
    [ingressNginxPod({ namespace: 'other' })],
    `${without} it selects no Pod`,
  ],
  'Pods that were not seen': [world, undefined, 'Ready'],
  'a Service without a selector': [[...app, plain, outside], [], 'Ready'],
  'a selector that the list does not cover': [[...app, plain, otherLabels], [], 'Ready'],
  'no Service, and an address in the Ingress': [[...app, published({ ip: '203.0.113.9' })], [], 'Ready'],
};
for (const [title, [objects, pods, state]] of Object.entries(cases)) {
  test(title, (t) => t.deepEqual(statesOf(objects, pods), [state]));
}

test('the Pods are asked for only if a row depends on them, and only of a user who may list Services everywhere', (t) => {
  const asked = (objects: readonly KubernetesObject[], options: Parameters<typeof lookAt>[1] = {}) =>
    Object.keys(controllerPodsIfNeeded(lookAt(objects, options)));
  t.deepEqual(asked(world), ['controllerPods']);
  t.deepEqual(asked(world, { namespace: null }), ['controllerPods']);
  t.deepEqual(asked(world, { unseen: ['controllerServices'] }), []);
  t.deepEqual(asked([...app, plain, outside]), []);
  t.deepEqual(asked([skyPod(train), skyLoadBalancer(train, [8888], { ip: '203.0.113.5' }), usual]), []);
  t.deepEqual(asked([plain, nginx, usual]), [], 'an Ingress without a SkyPilot cluster');
});
