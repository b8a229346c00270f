import { admin, create, type Json, newNamespace, newUser, type PolicyRule, until } from './cluster.ts';
import {
  ingressNginxAdmissionService,
  ingressNginxPod,
  ingressNginxService,
  type SkyPilotNames,
  skyNames,
  skyPod,
} from './skypilot-objects.ts';

/** The node all running Pods of the tests are on; it is there once for all of them. */
export async function makeNode(): Promise<void> {
  const node = {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name: 'sky-node' },
    status: {
      conditions: [{ type: 'Ready', status: 'True' }],
      addresses: [
        { type: 'ExternalIP', address: '203.0.113.11' },
        { type: 'InternalIP', address: '10.0.0.11' },
      ],
    },
  };
  await create(node).catch(orThere);
}

/** The IngressClass nginx, there once for all tests. */
export async function makeNginxClass(): Promise<void> {
  const ingressClass = {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'IngressClass',
    metadata: { name: 'nginx' },
    spec: { controller: 'k8s.io/ingress-nginx' },
  };
  await create(ingressClass).catch(orThere);
}

function orThere(error: Error): void {
  if (!/already exists/.test(error.message)) throw error;
}

/** Creates objects as the admin, in their order. */
export async function make(...objects: readonly object[]): Promise<Json[]> {
  const made = [];
  for (const object of objects) made.push(await create(object as Parameters<typeof create>[0]));
  return made;
}

/** A namespace with one running SkyPilot cluster. */
export async function withSkyCluster(displayName = 'train'): Promise<SkyPilotNames> {
  const [namespace] = await Promise.all([newNamespace(), makeNode(), makeNginxClass()]);
  const names = skyNames(namespace, displayName);
  await make(skyPod(names));
  return names;
}

const everything: PolicyRule = { apiGroups: ['*'], resources: ['*'], verbs: ['*'] };

/** A user who may do everything, and whose requests can be told from everybody else's. */
export const powerfulUser = (namespace: string) => newUser(namespace, { clusterRules: [everything] });

/** Waits until the EndpointSlice controller lists a ready backend behind a Service. */
export async function untilBackendReady(namespace: string, service: string): Promise<void> {
  const path = `/apis/discovery.k8s.io/v1/namespaces/${namespace}/endpointslices?labelSelector=kubernetes.io/service-name=${service}`;
  await until(`Service ${service} has a ready backend`, async () => {
    const { items } = await admin('GET', path);
    return items.some(({ endpoints }: Json) => endpoints?.some(({ conditions }: Json) => conditions.ready));
  });
}

/** Gives a LoadBalancer Service an address, as its controller would. */
export async function giveAddress(namespace: string, service: string, ip = '203.0.113.80'): Promise<void> {
  await admin('PATCH', `/api/v1/namespaces/${namespace}/services/${service}/status`, {
    status: { loadBalancer: { ingress: [{ ip }] } },
  });
}

/** The address of the one ingress-nginx controller of a test run. */
export const controllerAddress = '203.0.113.70';

/** Makes `ingress-nginx/ingress-nginx-controller` with an address and a ready Pod, once for all tests. */
export async function makeIngressNginx(): Promise<void> {
  await create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'ingress-nginx' } }).catch(orThere);
  await create(ingressNginxService({ ip: controllerAddress }) as Parameters<typeof create>[0]).catch(orThere);
  await create(ingressNginxAdmissionService() as Parameters<typeof create>[0]).catch(orThere);
  const pod = ingressNginxPod();
  await create(pod as Parameters<typeof create>[0]).catch(orThere);
  await until('the controller is Ready', async () => {
    const { status } = await admin('GET', `/api/v1/namespaces/ingress-nginx/pods/${pod.metadata!.name}`);
    return status?.conditions?.some(({ type, status: is }: Json) => type === 'Ready' && is === 'True');
  });
}
