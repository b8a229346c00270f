import type { Pod, Service, ServicePort } from 'kubernetes-types/core/v1';
import type { EndpointSlice } from 'kubernetes-types/discovery/v1';
import type { Ingress } from 'kubernetes-types/networking/v1';
import { ingressClassOf } from '../exposure/controllers/ingress-address.ts';
import type { Endpoint } from '../exposure/endpoint.ts';
import { externalAddressesOf } from '../exposure/external-addresses.ts';
import { isReady, troubleOf } from '../exposure/pod-trouble.ts';
import type { SnapshotIndex } from '../exposure/snapshot-index.ts';
import { hostAndPort } from '../exposure/url.ts';
import { detectPlatforms } from '../platforms/detect.ts';
import { implementationOf } from '../platforms/implementation.ts';
import { headPodOf } from '../skypilot/sky-cluster.ts';
import { keyOf, type ObjectReference, referenceTo } from '../snapshot/object-reference.ts';
import { selects } from '../snapshot/selector.ts';
import { listed } from '../snapshot/text.ts';
import { itemsOf } from '../snapshot/topics.ts';
import type { HopName } from './hops.ts';

/** An object at a hop of a port's path, or an address. */
export interface ObjectOnPath {
  /** Null if Kubernetes has no object for it: an address, the app, or an object that does not exist. */
  readonly object: ObjectReference | null;
  /** The name of the object, or what stands for it: the address, the port of the app, the title of a load balancer. */
  readonly title: string;
  readonly state: string;
  /** The address that the object has or leads to; null if it has none. */
  readonly address: string | null;
  /** Whether packets pass here, as far as the object shows it; undefined if it does not show it. */
  readonly isUp: boolean | undefined;
}

/** The objects at one hop of a port's path. They are looked up in the snapshot; nothing is requested. */
export function objectsAt(hop: HopName, row: Endpoint, view: SnapshotIndex): readonly ObjectOnPath[] {
  return finders[hop](row, view);
}

const finders: Readonly<Record<HopName, (row: Endpoint, view: SnapshotIndex) => readonly ObjectOnPath[]>> = {
  address: ({ addresses, addressPort, scope }) =>
    addresses.length === 0
      ? [absent('<pending>', 'no address')]
      : addresses.map((address) => {
          const title = hostAndPort(address, addressPort);
          return { object: null, title, state: scope ?? 'host name', address: null, isUp: true };
        }),
  'load-balancer': (row, view) => {
    const service = backendOf(row, view);
    if (!service) return [absent('<none>', row.reason)];
    const given = externalAddressesOf(service).map(({ address }) => address);
    const known = implementationOf(service, detectPlatforms(view.snapshot));
    const title = known?.title ?? service.spec?.loadBalancerClass ?? 'unknown implementation';
    const state = given.length > 0 ? 'gave an address' : 'gave no address';
    return [{ object: null, title, state, address: listed(given) || null, isUp: given.length > 0 }];
  },
  controller: controllerObjects,
  ingress: ({ source, url, reason }, view) => {
    const ingress = source.find(({ kind }) => kind === 'Ingress');
    if (!ingress) return [absent('<none>', reason)];
    const { name } = ingressClassOf(view, ingressAt(ingress, view));
    const state = name === undefined ? 'no class' : `class ${name}`;
    return [{ object: ingress, title: ingress.name, state, address: pathIn(url), isUp: true }];
  },
  service(row, view) {
    const service = backendOf(row, view);
    if (!service) return [absent('<none>', row.reason || 'does not exist')];
    const reference = referenceTo('Service', service);
    const { type = 'ClusterIP', clusterIP } = service.spec ?? {};
    const state = `${type}, port ${row.port} to ${row.targetPort}`;
    return [{ object: reference, title: reference.name, state, address: clusterIP || null, isUp: true }];
  },
  'endpoint-slice': (row, view) => {
    const { endpointSlices } = view.snapshot.topics;
    if (!endpointSlices.observed) return [unseen('<unknown>', `not seen (${endpointSlices.message})`)];
    const service = backendOf(row, view);
    const slices = (service && view.slices.get(keyOf(service))) ?? [];
    if (slices.length === 0) return [absent('<none>', 'none exists')];
    const port = service?.spec?.ports?.find((each) => each.port === row.port);
    return slices.map((slice) => sliceObject(slice, port));
  },
  pod(row, view) {
    const { pods } = view.snapshot.topics;
    if (!pods.observed) return [unseen('<unknown>', `not seen (${pods.message})`)];
    const service = backendOf(row, view);
    const selected = service ? view.pods.matching(service.metadata?.namespace ?? '', service.spec?.selector) : [];
    const head = view.skyClusterNamed(row.namespace, row.nameOnCloud);
    const own = head && headPodOf(head);
    const shown = selected.length > 0 ? selected : own ? [own] : [];
    return shown.length > 0 ? shown.map(podObject) : [absent('<none>', 'no Pod exists')];
  },
  app: ({ targetPort }) => [{ object: null, title: `port ${targetPort}`, state: '', address: null, isUp: undefined }],
};

function absent(title: string, state: string): ObjectOnPath {
  return { object: null, title, state, address: null, isUp: false };
}

function unseen(title: string, state: string): ObjectOnPath {
  return { ...absent(title, state), isUp: undefined };
}

/** The path of a URL; null if it has none. */
function pathIn(url: string | null): string | null {
  return url === null ? null : new URL(url).pathname;
}

function ingressAt({ namespace, name }: ObjectReference, { snapshot, shared }: SnapshotIndex): Ingress {
  const { ingresses } = snapshot.topics;
  const byKey = shared('ingresses', [ingresses], () => new Map(itemsOf(ingresses).map((each) => [keyOf(each), each])));
  return byKey.get(`${namespace}/${name}`) ?? {};
}

/** The Service that selects the Pods. It is the last Service of the row that does not belong to a controller. */
function backendOf(row: Endpoint, view: SnapshotIndex): Service | undefined {
  const controller = controllerKeyOf(row, view);
  const own = row.source.filter(
    ({ kind, namespace, name }) => kind === 'Service' && `${namespace}/${name}` !== controller,
  );
  return own[0] && view.services.get(`${own[0].namespace}/${own[0].name}`);
}

/** `namespace/name` of the Service of the row's ingress controller; undefined for other rows. */
function controllerKeyOf({ source }: Endpoint, view: SnapshotIndex): string | undefined {
  if (!source.some(({ kind }) => kind === 'Ingress')) return undefined;
  const known = new Set([...controllerServicesOf(view)].map(keyOf));
  const keys = source.flatMap(({ kind, namespace, name }) => (kind === 'Service' ? [`${namespace}/${name}`] : []));
  return keys.find((key) => known.has(key) || key === view.ingressService);
}

function controllerServicesOf(view: SnapshotIndex): readonly Service[] {
  return [...itemsOf(view.controllerServices), ...itemsOf(view.snapshot.topics.namedControllerServices)];
}

function controllerObjects(row: Endpoint, view: SnapshotIndex): readonly ObjectOnPath[] {
  const key = controllerKeyOf(row, view);
  const service = controllerServicesOf(view).find((each) => keyOf(each) === key) ?? view.services.get(key ?? '');
  if (!service) return [absent('<none>', 'no Service of the controller was found')];
  const reference = referenceTo('Service', service);
  const given = externalAddressesOf(service).map(({ address }) => address);
  const type = service.spec?.type ?? 'ClusterIP';
  const state = given.length > 0 ? type : `${type}, no external address`;
  const address = (listed(given) || service.spec?.clusterIP) ?? null;
  const title = `Service ${keyOf(service)}`;
  const known = itemsOf(view.snapshot.topics.controllerPods).filter(
    ({ metadata }) => metadata?.namespace === reference.namespace && selects(service.spec?.selector, metadata?.labels),
  );
  const behind = [...known, ...view.pods.matching(reference.namespace, service.spec?.selector)];
  const unique = [...new Map(behind.map((pod) => [keyOf(pod), pod])).values()];
  return [
    { object: reference, title, state, address, isUp: row.address !== null },
    ...unique.map(podObject).map((each) => ({ ...each, title: `Pod ${each.title}` })),
  ];
}

function sliceObject(slice: EndpointSlice, port: ServicePort | undefined): ObjectOnPath {
  const reference = referenceTo('EndpointSlice', slice);
  const hasPort = !port || slice.ports?.some(({ name }) => (name ?? '') === (port.name ?? ''));
  const all = (hasPort ? slice.endpoints : undefined) ?? [];
  const ready = all.filter(({ conditions }) => conditions?.ready !== false);
  return {
    object: reference,
    title: reference.name,
    state: `${ready.length} of ${all.length} ready`,
    address: listed(ready.flatMap(({ addresses }) => addresses)) || null,
    isUp: ready.length > 0,
  };
}

function podObject(pod: Pod): ObjectOnPath {
  const reference = referenceTo('Pod', pod);
  const trouble = troubleOf(pod)?.replace(`Pod ${reference.name} is `, '');
  return {
    object: reference,
    title: reference.name,
    state: trouble ?? 'Running, Ready',
    address: pod.status?.podIP ?? null,
    isUp: isReady(pod),
  };
}
