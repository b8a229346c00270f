import test, { type ExecutionContext } from 'ava';
import type { Service } from 'kubernetes-types/core/v1';
import { UsageError } from '../../src/errors/usage-error.ts';
import { ApiError } from '../../src/kubernetes/api/api-error.ts';
import type { Connection } from '../../src/kubernetes/api/connect.ts';
import { adjustForLoadBalancer } from '../../src/load-balancers/adjust.ts';
import type { Adjusted, LoadBalancerOptions } from '../../src/load-balancers/context.ts';
import { metadataThen } from '../../src/load-balancers/merge-metadata.ts';
import { loadBalancerWorkloads } from '../../src/platforms/signals.ts';
import type { Observation } from '../../src/snapshot/topics.ts';
import { forbidden, indexAt, type KubernetesObject, seen } from '../helpers/look.ts';
import { type Asked, exposed, requestOf, train } from '../helpers/requests.ts';
import { saidBy } from '../helpers/said.ts';
import { skyPod } from '../helpers/skypilot-objects.ts';
import { platformClusters } from '../platforms/clusters.ts';

const noOptions: LoadBalancerOptions = {
  ...{ scheme: undefined, platform: undefined, pool: undefined, staticIp: undefined, trafficPolicy: undefined },
  ...{ noNodePorts: false, healthCheck: undefined, probe: undefined },
};

/** A call of `expose` on a cluster of that kind. */
interface Call extends Partial<LoadBalancerOptions> {
  readonly asked?: Asked;
  /** The Service ports in the order in which they were named; else that of the request. */
  readonly named?: readonly number[];
  /** Services that are there. */
  readonly services?: readonly Service[];
  readonly forSkyPilot?: boolean;
  /** Whether the user may not list nodes. */
  readonly nodesHidden?: boolean;
}

async function adjusted(cluster: string, call: Call = {}): Promise<Adjusted> {
  const { asked = {}, named, services = [], forSkyPilot = false, nodesHidden = false, ...options } = call;
  const { snapshot } = platformClusters[cluster]!;
  const view = indexAt([skyPod(train), ...services] as KubernetesObject[], { context: snapshot.context });
  const request = requestOf(asked);
  return adjustForLoadBalancer(request, view, {
    options: { ...noOptions, ...options },
    forSkyPilot,
    namedPorts: named ?? request.ports.map(({ servicePort }) => servicePort),
    connection: serverOf(cluster, services, nodesHidden),
    curesHere: (cures) => cures,
  });
}

/** A server that shows what a cluster has; what its snapshot may not see is forbidden. */
function serverOf(cluster: string, services: readonly Service[], nodesHidden: boolean): Connection {
  const { topics } = platformClusters[cluster]!.snapshot;
  const itemsIn = (observation: Observation<unknown>): unknown[] => {
    if (observation.observed) return [...observation.items];
    const about = { name: '', kind: '' };
    throw new ApiError({ status: 403, reason: 'Forbidden', message: 'forbidden', causes: [], about });
  };
  const lists: Record<string, Observation<unknown>> = {
    '/api/v1/nodes': nodesHidden ? forbidden('nodes') : topics.nodes,
    '/api/v1/services': seen(services),
    [`/api/v1/pods ${loadBalancerWorkloads}`]: topics.loadBalancerPods,
  };
  const api = {
    async list(path: string, { labelSelector }: { labelSelector?: string } = {}) {
      const items = itemsIn(lists[labelSelector ? `${path} ${labelSelector}` : path] ?? seen([]));
      return { items, resourceVersion: '1', cutOff: false };
    },
    async get(path: string) {
      if (path === '/version') return itemsIn(topics.serverVersion)[0];
      if (path === '/apis') return { kind: 'APIGroupList', groups: itemsIn(topics.apiGroups) };
      throw new Error(path);
    },
  };
  return { api } as unknown as Connection;
}

async function refused(t: ExecutionContext, cluster: string, call: Call, says: RegExp): Promise<void> {
  const error = await t.throwsAsync(adjusted(cluster, call), { instanceOf: UsageError });
  t.regex(saidBy(error as UsageError), says);
}

const aws = 'EKS';
const controller = 'EKS with the AWS Load Balancer Controller';
const awsKey = (name: string) => `service.beta.kubernetes.io/aws-load-balancer-${name}`;

/** Our Service with these ports, as it stands after `expose`. */
function live(ports: string, change: (service: Service) => Service = (service) => service): Service {
  const objects = exposed([skyPod(train)], { ports });
  return change(objects.find(({ kind }) => kind === 'Service') as Service);
}

test('a mode without a load balancer asks for nothing and stays as it is', async (t) => {
  const request = requestOf({ mode: 'nodeport' });
  const options = { ...noOptions, scheme: 'internal' } as const;
  const call = { options, forSkyPilot: false, namedPorts: [8888], connection: {} as Connection };
  const outcome = await adjustForLoadBalancer(request, indexAt([]), { ...call, curesHere: (cures) => cures });
  t.deepEqual(outcome, { request, notes: [] });
});

test('ports that are open already, and no wish: the platform is not asked for', async (t) => {
  const view = indexAt([skyPod(train), live('8888') as KubernetesObject]);
  const request = requestOf({ ports: '8888' });
  const call = { options: noOptions, forSkyPilot: false, namedPorts: [8888], connection: {} as Connection };
  const { notes } = await adjustForLoadBalancer(request, view, { ...call, curesHere: (cures) => cures });
  t.deepEqual(notes, []);
});

test('public where that is the default writes nothing, and says so', async (t) => {
  const { request, notes } = await adjusted('GKE', { scheme: 'public' });
  t.deepEqual(request.annotations.set, {});
  t.regex(notes.join('\n'), /^scheme public: nothing to write, it is the default \(GKE's own cloud controller/m);
});

test('internal unless told otherwise: that is said, with the flag for the other', async (t) => {
  const { notes } = await adjusted(controller);
  t.regex(
    notes.join('\n'),
    /^note: AWS Load Balancer Controller creates internal .*\nadd --scheme public for a public one$/m,
  );
  t.deepEqual((await adjusted(controller, { scheme: 'default' })).notes, []);
  const { request } = await adjusted(controller, { scheme: 'public' });
  t.is(request.annotations.set[awsKey('scheme')], 'internet-facing');
  t.notRegex((await adjusted('EKS that the AWS Load Balancer Controller has left')).notes.join('\n'), /internal/);
});

test('where two may give the address one has to be named, and a limit warns', async (t) => {
  await refused(
    t,
    'EKS with MetalLB',
    { scheme: 'internal' },
    /more than one may give the address: .*MetalLB.*--platform/s,
  );
  const { request } = await adjusted('EKS with MetalLB', { scheme: 'internal', platform: 'eks' });
  t.is(request.annotations.set[awsKey('internal')], 'true');
  await refused(t, 'bare metal with MetalLB', { scheme: 'internal' }, /MetalLB makes no difference between internal/);
});

test('more ports than the load balancer takes are refused, those that are there included', async (t) => {
  const many = (ports: string, more: Asked = {}) => ({ asked: { ports, ...more }, healthCheck: 'none' as const });
  const raised = await adjusted(aws, many('20000-20110'));
  t.regex(
    raised.notes.join('\n'),
    /^warning: 111 ports are more than the 100 listeners of a Classic .*unless that was raised$/m,
  );
  await refused(t, controller, many('20000-20110'), /111 ports are more than the 50 listeners .*--mode ingress/s);
  const services = [live('20000-20029', finalizedBy('service.k8s.aws/resources'))];
  await refused(t, controller, { ...many('20020-20050'), services }, /51 ports are more than the 50 listeners/);
  await t.notThrowsAsync(adjusted(controller, { ...many('20020-20049'), services }));
  const nlb = { annotations: { set: { [awsKey('type')]: 'nlb' }, remove: [] } };
  await refused(t, aws, many('20000-20050', nlb), /51 ports are more than the 50 listeners of a Network Load Balancer/);
});

const finalizedBy = (finalizer: string) => (service: Service) => ({
  ...service,
  metadata: { ...service.metadata, finalizers: [finalizer] },
});

test('a GKE forwarding rule takes five ports; beyond, more are opened, and that is said', async (t) => {
  t.deepEqual((await adjusted('GKE', { asked: { ports: '9000-9004' } })).notes, []);
  const { notes } = await adjusted('GKE', { asked: { ports: '9000-9005' } });
  t.regex(
    notes.join('\n'),
    /^warning: 6 ports are more than the 5 ports of a forwarding rule .* also opens the ports in between/m,
  );
});

test('an address is asked for by a field, by an annotation, by one of IPv6, or not at all', async (t) => {
  t.is((await adjusted('GKE', { staticIp: '203.0.113.7' })).request.loadBalancerIP, '203.0.113.7');
  for (const [staticIp, key] of [
    ['203.0.113.7', 'service.beta.kubernetes.io/azure-load-balancer-ipv4'],
    ['2001:db8::7', 'service.beta.kubernetes.io/azure-load-balancer-ipv6'],
  ] as const) {
    const { request, notes } = await adjusted('GKE', { staticIp, platform: 'aks' });
    t.deepEqual(request.annotations.set, { [key]: staticIp });
    t.is(request.loadBalancerIP, undefined);
    t.true(notes[0]!.startsWith(`static IP ${staticIp}: ${key}=${staticIp} (`), notes[0]);
  }
  await refused(t, 'GKE', { staticIp: '2001:db8::7', platform: 'linode' }, /only accepts requests for IPv4 addresses/);
  await refused(
    t,
    'GKE',
    { staticIp: '203.0.113.7', platform: 'digitalocean' },
    /--static-ip is not supported for DigitalOcean's own/,
  );
});

test('a cloud cannot select a pool by name, and is not known to do without nodePorts', async (t) => {
  await refused(t, 'GKE', { pool: 'gpu' }, /GKE's own cloud controller cannot select a pool by name/);
  await refused(t, 'GKE', { noNodePorts: true }, /--no-node-ports is not known to work with GKE's /);
  await refused(t, 'bare metal with MetalLB', { noNodePorts: true, services: [live('8888')] }, /has nodePorts/);
  t.false((await adjusted('bare metal with MetalLB', { noNodePorts: true })).request.allocateNodePorts);
});

test('one probe for all ports: AWS gets the port first that was named first, at the creation', async (t) => {
  const two = { asked: { ports: '9000 80:8888' }, named: [9000, 80] };
  const { request, notes } = await adjusted(aws, two);
  t.is(request.firstPort, 9000);
  t.regex(
    notes.join('\n'),
    /^the health of all ports depends on port 9000: AWS's own cloud controller probes one port/m,
  );
  t.is((await adjusted(aws, { ...two, healthCheck: 80 })).request.firstPort, 80);
  t.is((await adjusted(aws, { ...two, healthCheck: 'none' })).request.firstPort, undefined);
  const nlb = { ...two.asked, annotations: { set: { [awsKey('type')]: 'nlb' }, remove: [] } };
  t.is((await adjusted(aws, { ...two, asked: nlb })).request.firstPort, undefined, 'each port is probed');
  t.deepEqual((await adjusted(aws, { asked: { ports: '9000' } })).notes, [], 'of one port nothing is said');
});

test('a port to probe is refused where it is not opened, cannot be chosen, or comes too late', async (t) => {
  await refused(t, aws, { healthCheck: 9999 }, /that port is not open; --health-check takes one of 8888/);
  await refused(t, 'GKE', { healthCheck: 8888 }, /GKE's own cloud controller: no single probe decides for all ports/);
  const services = [live('80 9000', finalizedBy('service.kubernetes.io/load-balancer-cleanup'))];
  await refused(
    t,
    aws,
    { services, healthCheck: 9000 },
    /probes the first port of a Service, and the order of the ports cannot be changed/,
  );
  const { notes } = await adjusted(aws, { services, asked: { ports: '80' }, healthCheck: 80 });
  t.regex(notes.join('\n'), /^the health of all ports depends on port 80/m);
  await refused(t, aws, { services, probe: 'pod' }, /already exists, and the order of its ports cannot be changed/);
  await refused(t, 'GKE', { probe: 'pod' }, /with GKE's own cloud controller no single probe decides/);
});

test('a load balancer that is there is not switched in place, and what was set by hand is not contradicted', async (t) => {
  const services = [live('8888')];
  await refused(t, 'GKE', { services, scheme: 'internal' }, /was created with another scheme/);
  await t.notThrowsAsync(adjusted('GKE', { services, scheme: 'public' }));
  const key = 'networking.gke.io/load-balancer-type';
  const byHand = { annotations: { set: { [key]: 'External' }, remove: [] } };
  await refused(
    t,
    'GKE',
    { asked: byHand, scheme: 'internal' },
    /--scheme internal and --annotation both set networking/,
  );
  const ofClass = { loadBalancerClass: 'networking.gke.io/l4-regional-internal' };
  await refused(
    t,
    'GKE',
    { asked: ofClass, scheme: 'public', platform: 'gke' },
    /contradict each other: that class is internal/,
  );
});

test('where nothing gives addresses, that is said with the mode that works; a class or SkyPilot is not warned', async (t) => {
  const { notes } = await adjusted('kind');
  t.regex(notes.join('\n'), /^warning: .*the Service will wait for an address\n.*--mode nodeport/ms);
  t.deepEqual((await adjusted('kind', { asked: { loadBalancerClass: 'example.com/lb' } })).notes, []);
  t.deepEqual((await adjusted('kind', { forSkyPilot: true })).notes, []);
});

test('where nothing tells the platform, it has to be named', async (t) => {
  await refused(t, 'bare metal', { scheme: 'internal' }, /could not be detected; add --platform NAME/);
});

test('without the right to see what tells the platform, that permission is named', async (t) => {
  await t.throwsAsync(adjusted('bare metal', { scheme: 'internal', nodesHidden: true }), {
    message: /^what gives this cluster's Services their addresses is unknown: nodes/,
  });
});

test('an annotation that is taken away by hand is not written by a flag', async (t) => {
  const key = 'service.beta.kubernetes.io/azure-load-balancer-ipv4';
  const asked = { annotations: { set: {}, remove: [key] } };
  const call = { asked, staticIp: '203.0.113.7', platform: 'aks' };
  await refused(t, 'GKE', call, /--static-ip and --annotation both set service\.beta/);
});

test('what an object is going to have: what is set, and what is there and not taken away', (t) => {
  const changes = { set: { a: '2', c: '3' }, remove: ['b'] };
  t.deepEqual(metadataThen(changes, { a: '1', b: '1', d: '1' }), { a: '2', c: '3', d: '1' });
});

test('ServiceLB gives each port of the nodes to one Service: one that is taken is refused', async (t) => {
  const holder: Service = {
    kind: 'Service',
    metadata: { name: 'traefik', namespace: 'kube-system' },
    spec: { type: 'LoadBalancer', ports: [{ port: 8080 }] },
    status: { loadBalancer: { ingress: [{ ip: '192.0.2.7' }] } },
  };
  const call = { asked: { ports: '8080:8888' }, services: [holder] };
  await refused(t, 'K3s', call, /port 8080 of the nodes is taken by Service kube-system\/traefik/);
  await t.notThrowsAsync(adjusted('K3s', { ...call, asked: { ...call.asked, force: true } }));
  await t.notThrowsAsync(adjusted('K3s', { ...call, asked: { ports: '8081' } }));
});
