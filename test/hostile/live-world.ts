import { admin, create, newNamespace, until } from '../helpers/cluster.ts';
import {
  ingressNginxService,
  type SkyPilotNames,
  skyIngress,
  skyLoadBalancer,
  skyPod,
  skyPortService,
} from '../helpers/skypilot-objects.ts';
import { makeNginxClass, makeNode, powerfulUser } from '../helpers/world.ts';
import { everyControl, type HostileText, shortTexts } from './texts.ts';

/** A SkyPilot cluster that has one hostile text as its name, and in every other place where the API server takes it. */
export interface HostileCluster extends SkyPilotNames {
  readonly tries: string;
}

export interface HostileWorld {
  readonly namespace: string;
  /** Of a user who may do everything. */
  readonly kubeconfig: string;
  readonly clusters: readonly HostileCluster[];
  /** `NAMESPACE/NAME` of an ingress controller's Service with a hostile annotation. */
  readonly controller: string;
  /** How many texts the server took in each place. */
  readonly taken: Readonly<Record<'hostname' | 'path' | 'event', number>>;
}

/** Makes one SkyPilot cluster for each text, in a namespace of its own. */
export async function makeHostileWorld(): Promise<HostileWorld> {
  const [namespace] = await Promise.all([newNamespace('hostile'), makeNode(), makeNginxClass()]);
  const texts: readonly HostileText[] = [everyControl, ...shortTexts];
  const taken = { hostname: 0, path: 0, event: 0 };
  const clusters = texts.map(({ tries, text }, index) => ({
    ...{ namespace, tries, displayName: text },
    nameOnCloud: `h${String(index).padStart(2, '0')}-2ea485ef`,
  }));
  const [{ kubeconfig }] = await Promise.all([
    powerfulUser(namespace),
    ...clusters.map((names, index) => makeHostileCluster(names, index, taken)),
  ]);
  await create(hostileController(namespace));
  await untilRunning(namespace, clusters.length);
  return { namespace, kubeconfig, clusters, controller: `${namespace}/controller`, taken };
}

/** Removes the objects, because other tests list all namespaces. */
export async function removeHostileWorld({ namespace }: HostileWorld): Promise<void> {
  const deletion = '?gracePeriodSeconds=0';
  await admin('DELETE', `/api/v1/namespaces/${namespace}/pods${deletion}`);
  await admin('DELETE', `/apis/networking.k8s.io/v1/namespaces/${namespace}/ingresses${deletion}`);
  await admin('DELETE', `/api/v1/namespaces/${namespace}/services${deletion}`);
  await admin('DELETE', `/api/v1/namespaces/${namespace}${deletion}`);
}

async function makeHostileCluster(
  names: HostileCluster,
  index: number,
  taken: Record<'hostname' | 'path' | 'event', number>,
): Promise<void> {
  const { namespace, displayName: text, nameOnCloud } = names;
  await create(hostilePod(names, index) as Parameters<typeof create>[0]);
  const service = await create(skyLoadBalancer(names, [8888]) as Parameters<typeof create>[0]);
  await create(skyPortService(names, 8888) as Parameters<typeof create>[0]);
  const attempt = async (what: keyof typeof taken, trying: Promise<unknown>) => {
    const wasTaken = await trying.then(
      () => true,
      (error: Error) => {
        if (!/: 4(00|22) /.test(error.message)) throw error;
        return false;
      },
    );
    if (wasTaken) taken[what]++;
  };
  const ingress = skyIngress(names, [8888]);
  ingress.spec!.rules![0]!.http!.paths[0]!.path = `/skypilot/${namespace}/${nameOnCloud}/8888${text}`;
  const involvedObject = { kind: 'Service', namespace, name: service.metadata.name, uid: service.metadata.uid };
  const now = new Date().toISOString();
  const event = {
    ...{ apiVersion: 'v1', kind: 'Event', metadata: { name: `${nameOnCloud}-event`, namespace } },
    ...{ involvedObject, type: 'Warning', reason: text.slice(0, 100), message: `no address: ${text}`, count: 3 },
    ...{ firstTimestamp: now, lastTimestamp: now },
  };
  const status = { loadBalancer: { ingress: [{ hostname: text }] } };
  await attempt('path', create(ingress as Parameters<typeof create>[0]));
  await attempt('event', create(event));
  await attempt('hostname', admin('PATCH', `${pathOf(namespace, service.metadata.name)}/status`, { status }));
}

/** The Service lacks a controller's labels, so that no other test finds it. */
function hostileController(namespace: string): Parameters<typeof create>[0] {
  const service = ingressNginxService({ name: 'controller', namespace, ip: '203.0.113.71' });
  const annotations = { 'skypilot.co/external-ip': everyControl.text };
  return { ...service, metadata: { name: 'controller', namespace, annotations } } as Parameters<typeof create>[0];
}

const pathOf = (namespace: string, name: string) => `/api/v1/namespaces/${namespace}/services/${name}`;

/** A head Pod that is ready, not ready, or pending, by its index. The text is the reason and the message. */
function hostilePod(names: HostileCluster, index: number): object {
  const text = names.displayName;
  const pod = skyPod(names, {
    phase: index % 3 === 2 ? 'Pending' : 'Running',
    annotations: { 'skyports/ignore': text },
  });
  const isReady = index % 3 === 0;
  const waiting = { name: 'ray-node', image: 'a', imageID: 'a', ready: false, restartCount: 3 };
  return {
    ...pod,
    status: {
      ...pod.status,
      ...(isReady ? {} : { reason: text, message: text }),
      conditions: [{ type: 'Ready', status: isReady ? 'True' : 'False', reason: text, message: text }],
      ...(isReady ? {} : { containerStatuses: [{ ...waiting, state: { waiting: { reason: text, message: text } } }] }),
    },
  };
}

/** Waits until the API server's cache has all Pods. */
async function untilRunning(namespace: string, count: number): Promise<void> {
  await until(`${count} Pods are listed in ${namespace}`, async () => {
    const { items } = await admin('GET', `/api/v1/namespaces/${namespace}/pods?resourceVersion=0`);
    return items.length === count;
  });
}
