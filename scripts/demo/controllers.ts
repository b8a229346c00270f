import { setTimeout as sleep } from 'node:timers/promises';
import { admin, create, type Json } from '../../test/helpers/cluster.ts';

/** How often the controllers look at the objects, in milliseconds. */
const everyMs = 100;

const collections = {
  services: '/api/v1/services',
  pods: '/api/v1/pods',
  slices: '/apis/discovery.k8s.io/v1/endpointslices',
  ingresses: '/apis/networking.k8s.io/v1/ingresses',
} as const;

type Objects = Readonly<Record<keyof typeof collections, readonly Json[]>>;

/**
 * Plays the controllers of kube-controller-manager that the demo needs, until the signal is aborted: EndpointSlices list
 * the Pods of a Service, and an Ingress goes with the last Service that owns it. Go needs minutes to build the real
 * program.
 */
export async function playControllers(signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      await reconcile();
    } catch {
      // The demo may have changed an object meanwhile. The next look sees the change.
    }
    await sleep(everyMs, undefined, { signal }).catch(() => {});
  }
}

async function reconcile(): Promise<void> {
  const lists = await Promise.all(
    Object.entries(collections).map(async ([name, path]) => [name, (await admin('GET', path)).items]),
  );
  const objects: Objects = Object.fromEntries(lists);
  await removeOrphans(objects);
  for (const service of objects.services) if (service.spec.selector) await updateSlice(service, objects);
}

/** Deletes what has owners, if none of them exists any more. */
async function removeOrphans({ services, slices, ingresses }: Objects): Promise<void> {
  const living = new Set(services.map(({ metadata }) => metadata.uid));
  const removeFrom = async (path: string, owned: readonly Json[]) => {
    for (const { metadata } of owned) {
      const owners: readonly Json[] = metadata.ownerReferences ?? [];
      if (owners.length === 0 || owners.some(({ uid }) => living.has(uid))) continue;
      await admin('DELETE', pathOf(path, metadata.namespace, metadata.name));
    }
  };
  await removeFrom(collections.ingresses, ingresses);
  await removeFrom(collections.slices, slices);
}

/** Writes the EndpointSlice of a Service, if it does not list the right Pods and ports. */
async function updateSlice({ metadata, spec }: Json, { pods, slices }: Objects): Promise<void> {
  const selected = pods.filter(
    (pod) =>
      pod.metadata.namespace === metadata.namespace &&
      pod.status?.podIP &&
      !['Failed', 'Succeeded'].includes(pod.status.phase) &&
      Object.entries(spec.selector).every(([key, value]) => pod.metadata.labels?.[key] === value),
  );
  const content = {
    ports: (spec.ports ?? []).map(({ name = '', port, targetPort, protocol }: Json) => ({
      name,
      port: Number(targetPort ?? port),
      protocol,
    })),
    endpoints: selected.map(({ metadata: { name }, spec: { nodeName }, status }) => ({
      addresses: [status.podIP],
      conditions: { ready: status.conditions?.some(({ type, status: is }: Json) => type === 'Ready' && is === 'True') },
      targetRef: { kind: 'Pod', name, namespace: metadata.namespace },
      ...(nodeName && { nodeName }),
    })),
  };
  const name = `${metadata.name}-demo`;
  const written = slices.find(
    (slice) => slice.metadata.namespace === metadata.namespace && slice.metadata.name === name,
  );
  const hash = JSON.stringify(content);
  if (written?.metadata.annotations['demo/content'] === hash) return;
  const annotations = { 'demo/content': hash };
  if (written) {
    await admin('PATCH', pathOf(collections.slices, metadata.namespace, name), {
      metadata: { annotations },
      ...content,
    });
    return;
  }
  await create({
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: {
      name,
      namespace: metadata.namespace,
      annotations,
      labels: { 'kubernetes.io/service-name': metadata.name },
      ownerReferences: [{ apiVersion: 'v1', kind: 'Service', name: metadata.name, uid: metadata.uid }],
    },
    addressType: 'IPv4',
    ...content,
  });
}

/** The path of one object of a collection. */
function pathOf(collection: string, namespace: string, name: string): string {
  const at = collection.lastIndexOf('/');
  return `${collection.slice(0, at)}/namespaces/${namespace}${collection.slice(at)}/${name}`;
}
