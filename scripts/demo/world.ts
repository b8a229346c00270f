import { create } from '../../test/helpers/cluster.ts';
import {
  ingressClass,
  ingressNginxAdmissionService,
  ingressNginxPod,
  ingressNginxService,
  type SkyPilotNames,
  skyIngress,
  skyInternalServices,
  skyLoadBalancer,
  skyNames,
  skyPod,
  skyPortService,
} from '../../test/helpers/skypilot-objects.ts';
import { makeNode, untilBackendReady } from '../../test/helpers/world.ts';

/** The namespace the demo's SkyPilot clusters are in. */
export const namespace = 'ml';

/** SkyPilot clusters as SkyPilot makes them: one node, an Ingress behind a controller without an EXTERNAL-IP, several nodes, and one whose head Pod was evicted. */
export const skyClusters: Readonly<Record<'train' | 'serve' | 'multi' | 'crashed', SkyPilotNames>> = {
  train: skyNames(namespace, 'train'),
  serve: skyNames(namespace, 'serve.llm'),
  multi: skyNames(namespace, 'multi'),
  crashed: skyNames(namespace, 'crashed'),
};

/**
 * Creates the demo's objects on the API server: what SkyPilot, ingress-nginx and a load-balancer controller would
 * create.
 */
export async function makeWorld(): Promise<void> {
  const { train, serve, multi, crashed } = skyClusters;
  const evicted = { phase: 'Failed', reason: 'Evicted', message: 'The node was low on resource: memory.' };
  await makeNode();
  for (const name of [namespace, 'ingress-nginx']) {
    await create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
  }
  const objects: object[] = [
    ingressClass(),
    ingressNginxService({ type: 'NodePort' }),
    ingressNginxAdmissionService(),
    ingressNginxPod(),
    ...[skyPod(train), ...skyInternalServices(train), skyLoadBalancer(train, [8888], { ip: '203.0.113.80' })],
    ...[skyPod(serve), ...skyInternalServices(serve), skyPortService(serve, 8000), skyIngress(serve, [8000])],
    ...[skyPod(multi), skyPod(multi, { worker: 1 }), skyPod(multi, { worker: 2 }), ...skyInternalServices(multi, 2)],
    skyLoadBalancer(multi, [7860]),
    ...[
      skyPod(crashed, { phase: 'Failed', status: evicted }),
      skyLoadBalancer(crashed, [6006], { ip: '203.0.113.81' }),
    ],
  ];
  for (const object of objects) await create(object as Parameters<typeof create>[0]);
  await untilBackendReady(namespace, `${train.nameOnCloud}--skypilot-lb`);
  await untilBackendReady(namespace, `${serve.nameOnCloud}--skypilot-svc--8000`);
}
