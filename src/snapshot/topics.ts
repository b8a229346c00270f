import type { ValidatingWebhookConfiguration } from 'kubernetes-types/admissionregistration/v1';
import type { Deployment } from 'kubernetes-types/apps/v1';
import type { SelfSubjectAccessReview } from 'kubernetes-types/authorization/v1';
import type { Event, Node, Pod, Service } from 'kubernetes-types/core/v1';
import type { EndpointSlice } from 'kubernetes-types/discovery/v1';
import type { Condition, LabelSelector, ObjectMeta } from 'kubernetes-types/meta/v1';
import type { Ingress, IngressClass, NetworkPolicy } from 'kubernetes-types/networking/v1';
import type { Cure } from '../errors/cure.ts';
import {
  accessReview,
  addressPool,
  advertisement,
  ciliumPool,
  condition,
  endpointSlice,
  event,
  ingress,
  ingressClass,
  metadata,
  networkPolicy,
  node,
  pod,
  podProbe,
  probe,
  service,
  webhook,
} from './object-shapes.ts';
import type { AddressProbe, PodProbe } from './probe.ts';
import type { Shape } from './shape.ts';

/** What an API server says of itself (k8s.io/apimachinery/pkg/version, Info). */
export interface ServerVersion {
  readonly gitVersion?: string;
}

/** A group of the API (meta/v1, APIGroup), as far as it matters. */
export interface ApiGroup {
  readonly name?: string;
}

/** A pool of addresses (metallb.io/v1beta1, IPAddressPool), as far as it matters. */
export interface AddressPool {
  readonly metadata?: ObjectMeta;
  readonly spec?: { readonly addresses?: readonly string[] };
}

/** A pool of addresses (cilium.io/v2, CiliumLoadBalancerIPPool), as far as it matters. */
export interface CiliumPool {
  readonly metadata?: ObjectMeta;
  readonly spec?: { readonly disabled?: boolean; readonly serviceSelector?: LabelSelector };
  readonly status?: { readonly conditions?: readonly Condition[] };
}

/** Which pools are announced (metallb.io/v1beta1): all where neither names nor selectors are given. */
export interface Advertisement {
  readonly metadata?: ObjectMeta;
  readonly spec?: { readonly ipAddressPools?: readonly string[]; readonly ipAddressPoolSelectors?: readonly unknown[] };
}

/** One of SkyPilot's configuration files, parsed. */
export interface SkyConfigFile {
  readonly path: string;
  readonly content: unknown;
}

/** What is known of a topic besides its objects. */
export interface TopicRow<Item, Kind extends string | undefined = string | undefined> {
  /** Kubernetes' kind of the objects; undefined for what is no object of the API. */
  readonly kind: Kind;
  /** `v1`, `apps/v1`. */
  readonly apiVersion: string;
  /** `apps`; '' for the core group. */
  readonly apiGroup: string;
  /** The resource as kubectl names it; undefined for what is no object of the API. */
  readonly resource: string | undefined;
  /** Where it is listed. `scope`: the namespace of the look; null: all namespaces, or a kind without namespaces. */
  readonly namespace: 'scope' | 'ingress-nginx' | null;
  /** What an item has to be, as far as it is read. */
  readonly shape: Shape;
  /** Whether objects of its kind in kubectl's own output belong to it. */
  readonly takesDumps: boolean;
  /** Whether endpoints are resolved from it. */
  readonly endpoints: boolean;
  /** For inference alone. */
  readonly item?: Item;
}

type Facts<Kind extends string> = Omit<TopicRow<never, Kind>, 'apiGroup' | 'takesDumps' | 'endpoints' | 'item'>;

const ofApi =
  <Item>() =>
  <const Kind extends string>(
    facts: Facts<Kind>,
    { takesDumps = false, endpoints = false }: Partial<Pick<TopicRow<never>, 'takesDumps' | 'endpoints'>>,
  ): TopicRow<Item, Kind> => ({ ...facts, apiGroup: apiGroupOf(facts.apiVersion), takesDumps, endpoints });

function apiGroupOf(apiVersion: string): string {
  return apiVersion.includes('/') ? apiVersion.split('/', 1)[0]! : '';
}

/** No object of the API. */
const ofOurOwn = <Item>(shape: Shape): TopicRow<Item, undefined> => ({
  kind: undefined,
  apiVersion: '',
  apiGroup: '',
  resource: undefined,
  namespace: null,
  takesDumps: false,
  endpoints: false,
  shape,
});

const pods = { kind: 'Pod', apiVersion: 'v1', resource: 'pods', shape: pod } as const;
const services = { kind: 'Service', apiVersion: 'v1', resource: 'services', shape: service } as const;
const slices = {
  kind: 'EndpointSlice',
  apiVersion: 'discovery.k8s.io/v1',
  resource: 'endpointslices',
  shape: endpointSlice,
} as const;
const metallb = { apiVersion: 'metallb.io/v1beta1', namespace: null } as const;
const networking = 'networking.k8s.io/v1';

/**
 * Every topic, in the order of a dump: a topic is one list request, and one list of a dump. A new one is one row here and
 * what collects it.
 */
export const topicRows = {
  /** The answer of `/version`, one item. */
  serverVersion: ofOurOwn<ServerVersion>({ gitVersion: 'text' }),
  /** The API groups that are served (`/apis`). */
  apiGroups: ofOurOwn<ApiGroup>({ name: 'text' }),
  /** What the user may do, as the API server answers; nothing of it is an object that stays. */
  accessReviews: ofApi<SelfSubjectAccessReview>()(
    {
      kind: 'SelfSubjectAccessReview',
      apiVersion: 'authorization.k8s.io/v1',
      resource: 'selfsubjectaccessreviews',
      namespace: null,
      shape: accessReview,
    },
    {},
  ),
  /** SkyPilot's configuration files on this machine, lowest precedence first. What the user wrote there is judged by checks of its own. */
  skyConfig: { ...ofOurOwn<SkyConfigFile>({ 'path!': 'text', content: 'any' }), endpoints: true },
  /** Pods that carry SkyPilot's label `skypilot-cluster-name`. */
  pods: ofApi<Pod>()({ ...pods, namespace: 'scope' }, { takesDumps: true, endpoints: true }),
  /** Deployments that carry SkyPilot's label: of high-availability controllers. */
  deployments: ofApi<Deployment>()(
    { kind: 'Deployment', apiVersion: 'apps/v1', resource: 'deployments', namespace: 'scope', shape: { metadata } },
    { takesDumps: true },
  ),
  services: ofApi<Service>()({ ...services, namespace: 'scope' }, { takesDumps: true, endpoints: true }),
  endpointSlices: ofApi<EndpointSlice>()({ ...slices, namespace: 'scope' }, { takesDumps: true, endpoints: true }),
  ingresses: ofApi<Ingress>()(
    { kind: 'Ingress', apiVersion: networking, resource: 'ingresses', namespace: 'scope', shape: ingress },
    { takesDumps: true, endpoints: true },
  ),
  ingressClasses: ofApi<IngressClass>()(
    { kind: 'IngressClass', apiVersion: networking, resource: 'ingressclasses', namespace: null, shape: ingressClass },
    { takesDumps: true, endpoints: true },
  ),
  /** Services of ingress controllers in all namespaces, by their well-known labels; not asked when `services` covers all. */
  controllerServices: ofApi<Service>()({ ...services, namespace: null }, { endpoints: true }),
  /** Services of the namespace ingress-nginx, where SkyPilot looks; not asked when `services` covers all. */
  ingressNginxServices: ofApi<Service>()({ ...services, namespace: 'ingress-nginx' }, { endpoints: true }),
  /** The Service that the user named with --ingress-service, whatever its labels; not asked when `services` covers all. */
  namedControllerServices: ofApi<Service>()({ ...services, namespace: null }, { endpoints: true }),
  /** Pods of ingress controllers in all namespaces, by their well-known labels. */
  controllerPods: ofApi<Pod>()({ ...pods, namespace: null }, {}),
  /** EndpointSlices of ingress controllers' Services in all namespaces: they bear the Services' labels. */
  controllerSlices: ofApi<EndpointSlice>()({ ...slices, namespace: null }, {}),
  /** Pods of what gives Services addresses, by their recommended label. */
  loadBalancerPods: ofApi<Pod>()({ ...pods, namespace: null, shape: { metadata } }, {}),
  /** MetalLB's IPAddressPools, asked for where the API server serves them. */
  addressPools: ofApi<AddressPool>()(
    { ...metallb, kind: 'IPAddressPool', resource: 'ipaddresspools', shape: addressPool },
    { takesDumps: true },
  ),
  /** What MetalLB announces by ARP and NDP. */
  l2Advertisements: ofApi<Advertisement>()(
    { ...metallb, kind: 'L2Advertisement', resource: 'l2advertisements', shape: advertisement },
    { takesDumps: true },
  ),
  /** What MetalLB announces by BGP. */
  bgpAdvertisements: ofApi<Advertisement>()(
    { ...metallb, kind: 'BGPAdvertisement', resource: 'bgpadvertisements', shape: advertisement },
    { takesDumps: true },
  ),
  /** Cilium's pools of addresses, asked for where the API server serves them and a load balancer waits. */
  ciliumPools: ofApi<CiliumPool>()(
    {
      kind: 'CiliumLoadBalancerIPPool',
      apiVersion: 'cilium.io/v2',
      resource: 'ciliumloadbalancerippools',
      namespace: null,
      shape: ciliumPool,
    },
    { takesDumps: true },
  ),
  /** Pods by which ServiceLB holds ports of the nodes, asked for where it is there and a load balancer waits. */
  serviceLbPods: ofApi<Pod>()(
    { ...pods, namespace: null, shape: { metadata, status: { phase: 'text', conditions: [condition] } } },
    {},
  ),
  webhooks: ofApi<ValidatingWebhookConfiguration>()(
    {
      kind: 'ValidatingWebhookConfiguration',
      apiVersion: 'admissionregistration.k8s.io/v1',
      resource: 'validatingwebhookconfigurations',
      namespace: null,
      shape: webhook,
    },
    { takesDumps: true },
  ),
  networkPolicies: ofApi<NetworkPolicy>()(
    {
      kind: 'NetworkPolicy',
      apiVersion: networking,
      resource: 'networkpolicies',
      namespace: 'scope',
      shape: networkPolicy,
    },
    { takesDumps: true },
  ),
  /** The first page only: no API gives less than whole Nodes. */
  nodes: ofApi<Node>()(
    { kind: 'Node', apiVersion: 'v1', resource: 'nodes', namespace: null, shape: node },
    { takesDumps: true, endpoints: true },
  ),
  /** Of type Warning; an API server keeps them for an hour. */
  events: ofApi<Event>()(
    { kind: 'Event', apiVersion: 'v1', resource: 'events', namespace: 'scope', shape: event },
    { takesDumps: true, endpoints: true },
  ),
  /** What calls of the endpoints' addresses from this machine met; made once the endpoints are known. */
  probes: ofOurOwn<AddressProbe>(probe),
  /** What was seen of the ports from inside of the head Pods. */
  podProbes: ofOurOwn<PodProbe>(podProbe),
} as const;

export type Topic = keyof typeof topicRows;

/** The object that each topic holds. */
export type TopicObjects = { readonly [T in Topic]: NonNullable<(typeof topicRows)[T]['item']> };

/** All topics, in the order of a dump. */
export const allTopics = Object.keys(topicRows) as readonly Topic[];

/** The topic that takes the objects of a kind from kubectl's own output; undefined for other kinds. */
export function topicOfKind(kind: string): Topic | undefined {
  return allTopics.find((topic) => topicRows[topic].kind === kind && topicRows[topic].takesDumps);
}

/** Why a topic was not seen. */
export type UnobservedReason = 'forbidden' | 'not-served' | 'timed-out' | 'failed' | 'not-collected';

/** The API server's answer about one topic. */
export interface Observed<T> {
  readonly observed: true;
  readonly items: readonly T[];
  /** `metadata.resourceVersion` of the list: where a watch goes on. */
  readonly resourceVersion: string;
  /** True when there are more objects than were asked for. */
  readonly cutOff: boolean;
}

/** The topic could not be seen. Never the same as an empty list. */
export interface Unobserved {
  readonly observed: false;
  readonly reason: UnobservedReason;
  /** The API server's words, or ours. */
  readonly message: string;
  /** What to do about it; a dump does not keep it. */
  readonly cures?: readonly Cure[];
}

/** What is known of one topic: seen (perhaps empty), or not seen and why. */
export type Observation<T> = Observed<T> | Unobserved;

/** The items of a topic, or none when it was not seen. For places where not knowing is dealt with elsewhere. */
export function itemsOf<T>(observation: Observation<T>): readonly T[] {
  return observation.observed ? observation.items : [];
}

/** A topic nobody asked about. */
export const notCollected: Unobserved = { observed: false, reason: 'not-collected', message: 'not collected' };
