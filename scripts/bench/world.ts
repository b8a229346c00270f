import { admin, create, until } from '../../test/helpers/cluster.ts';
import {
  ingressClass,
  skyIngress,
  skyInternalServices,
  skyLoadBalancer,
  skyNames,
  skyPod,
  skyPortService,
} from '../../test/helpers/skypilot-objects.ts';
import { makeIngressNginx, makeNode } from '../../test/helpers/world.ts';
import { inParallel } from './in-parallel.ts';

const ports = [8888, 6006, 8000];
const requestsAtATime = 32;
/**
 * The main container's command: SkyPilot uses a shell script of about this size (sky/templates/kubernetes-ray.yml.j2).
 */
const startScript = 'echo "what SkyPilot does before the user\'s command";\n'.repeat(160);

/** The namespace of the SkyPilot cluster with this number. */
export const namespaceOf = (index: number) => `team-${index % 10}`;

/** Objects that exist once: a node, ingress-nginx with a ready Pod, its class, the namespaces. */
export async function makeSurroundings(): Promise<void> {
  const namespaces = ['foreign', ...Array.from({ length: 10 }, (_, index) => namespaceOf(index))];
  await Promise.all(namespaces.map((name) => create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } })));
  await makeNode();
  await makeIngressNginx();
  await make(ingressClass());
}

/**
 * Creates SkyPilot clusters with three ports each, as SkyPilot would: those with the numbers `from` to `to`, half of
 * them with load balancers and half with an Ingress. Of ten, one waits for its load balancer, and one has no ready Pod.
 * Then waits until the real controller has created the
 * EndpointSlices.
 */
export async function makeSkyClusters(from: number, to: number): Promise<void> {
  const indices = Array.from({ length: to - from }, (_, offset) => from + offset);
  // Each cluster has two Services of SkyPilot's own, and one or three for the ports.
  const services = indices.reduce((count, index) => count + 2 + (index % 2 ? ports.length : 1), 0);
  const expected = (await countSlices()) + services;
  await inParallel(indices, requestsAtATime, makeSkyCluster);
  await until(`there are ${expected} EndpointSlices`, async () => (await countSlices()) >= expected, {
    withinMs: 600_000,
    everyMs: 200,
  });
}

/** Which of ten SkyPilot clusters waits for its load balancer, and which has no ready Pod. */
const pendingOfTen = 4;
const unreadyOfTen = 7;

async function countSlices(): Promise<number> {
  const { items, metadata } = await admin('GET', '/apis/discovery.k8s.io/v1/endpointslices?limit=1');
  return items.length + (metadata.remainingItemCount ?? 0);
}

async function makeSkyCluster(index: number): Promise<void> {
  const names = skyNames(namespaceOf(index), `cluster-${index}`);
  const conditions = [{ type: 'Ready', status: 'False' }];
  const podIP = address('10.244', index);
  const unready = { status: { phase: 'Running', podIP, podIPs: [{ ip: podIP }], conditions } };
  const pod = skyPod(names, { podIP, ...(index % 10 === unreadyOfTen && unready) });
  pod.spec!.containers[0]!.args = [startScript];
  await make(pod);
  for (const service of skyInternalServices(names)) await make(service);
  if (index % 2 === 0) {
    const given = index % 10 === pendingOfTen ? {} : { ip: address('203.0', index) };
    const balanced = skyLoadBalancer(names, ports, given);
    // Thousands of load balancers need more node ports than a Kubernetes cluster has.
    balanced.spec!.allocateLoadBalancerNodePorts = index < 1000;
    return void (await make(balanced));
  }
  for (const port of ports) await make(skyPortService(names, port));
  await make(skyIngress(names, ports));
}

/** Creates `count` objects of each kind in namespace `foreign`. They do not belong to SkyPilot. */
export const makeForeign = {
  Pods: (count: number) =>
    many(count, (name) => ({
      ...inForeign('v1', 'Pod', name),
      spec: { containers: [{ name, image: 'example.invalid/app' }] },
    })),
  Services: (count: number) =>
    many(count, (name) => ({ ...inForeign('v1', 'Service', name), spec: { ports: [{ port: 80 }] } })),
  Ingresses: (count: number) =>
    many(count, (name) => ({
      ...inForeign('networking.k8s.io/v1', 'Ingress', name),
      spec: { defaultBackend: { service: { name, port: { number: 80 } } } },
    })),
  EndpointSlices: (count: number) =>
    many(count, (name, index) => ({
      ...inForeign('discovery.k8s.io/v1', 'EndpointSlice', name),
      addressType: 'IPv4',
      ports: [{ name: '', port: 80, protocol: 'TCP' }],
      endpoints: [{ addresses: [address('10.245', index)], conditions: { ready: true } }],
    })),
} as const;

/** Deletes the objects of makeForeign. */
export async function removeForeign(): Promise<void> {
  const bases = ['/api/v1', '/api/v1', '/apis/networking.k8s.io/v1', '/apis/discovery.k8s.io/v1'];
  const plurals = ['pods', 'services', 'ingresses', 'endpointslices'];
  await Promise.all(plurals.map((plural, index) => admin('DELETE', `${bases[index]}/namespaces/foreign/${plural}`)));
}

async function many(count: number, manifest: (name: string, index: number) => object): Promise<void> {
  const indices = Array.from({ length: count }, (_, index) => index);
  await inParallel(indices, requestsAtATime, (index) => make(manifest(`foreign-${index}`, index)));
}

function inForeign(apiVersion: string, kind: string, name: string) {
  return { apiVersion, kind, metadata: { name, namespace: 'foreign', labels: { app: name } } };
}

function make(manifest: object): Promise<unknown> {
  return create(manifest as Parameters<typeof create>[0]);
}

/** One of 65,536 addresses that begin with `prefix`. */
function address(prefix: string, index: number): string {
  return `${prefix}.${(index >> 8) & 255}.${index & 255}`;
}
