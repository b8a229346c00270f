import type {
  MutatingWebhookConfiguration,
  ValidatingWebhookConfiguration,
} from 'kubernetes-types/admissionregistration/v1';
import type { DaemonSet, Deployment } from 'kubernetes-types/apps/v1';
import type { SelfSubjectAccessReview } from 'kubernetes-types/authorization/v1';
import type { ConfigMap, Event, Node, Pod, Service } from 'kubernetes-types/core/v1';
import type { EndpointSlice } from 'kubernetes-types/discovery/v1';
import type { Condition, LabelSelector, ObjectMeta } from 'kubernetes-types/meta/v1';
import type { Ingress, IngressClass, NetworkPolicy } from 'kubernetes-types/networking/v1';
import type { Cure } from '../errors/cure.ts';
import type { DryRun, QuotaCounts } from './dry-run.ts';
import {
  accessReview,
  addressPool,
  advertisement,
  ciliumBgpAdvertisement,
  ciliumL2Policy,
  ciliumPool,
  controllerConfigMap,
  daemonSet,
  dryRun,
  endpointSlice,
  event,
  ingress,
  ingressClass,
  lease,
  loadBalancerPod,
  metadata,
  networkPolicy,
  node,
  peerAuthentication,
  pod,
  podProbe,
  probe,
  resourceQuota,
  service,
  serviceL2Status,
  targetGroupBinding,
  webhook,
} from './object-shapes.ts';
import type { AddressProbe, PodProbe } from './probe.ts';
import type { Shape } from './shape.ts';

/** The API server's version (k8s.io/apimachinery/pkg/version, Info). */
export interface ServerVersion {
  readonly gitVersion?: string;
}

/** An API group (meta/v1, APIGroup), with the fields that are read. */
export interface ApiGroup {
  readonly name?: string;
}

/** MetalLB's address pool (metallb.io/v1beta1, IPAddressPool), with the fields that are read. */
export interface AddressPool {
  readonly metadata?: ObjectMeta;
  readonly spec?: { readonly addresses?: readonly string[] };
}

/** Cilium's address pool (cilium.io/v2, CiliumLoadBalancerIPPool), with the fields that are read. */
export interface CiliumPool {
  readonly metadata?: ObjectMeta;
  readonly spec?: {
    readonly disabled?: boolean;
    readonly serviceSelector?: LabelSelector;
    readonly blocks?: readonly { readonly cidr?: string; readonly start?: string; readonly stop?: string }[];
  };
  readonly status?: { readonly conditions?: readonly Condition[] };
}

/**
 * The pools that MetalLB announces, from which nodes and for which Services (metallb.io/v1beta1): all of them if nothing
 * is set.
 */
export interface Advertisement {
  readonly metadata?: ObjectMeta;
  readonly spec?: {
    readonly ipAddressPools?: readonly string[];
    readonly ipAddressPoolSelectors?: readonly LabelSelector[];
    readonly nodeSelectors?: readonly LabelSelector[];
    readonly serviceSelectors?: readonly LabelSelector[];
    /** Of an L2Advertisement; all of a node if nothing is set. */
    readonly interfaces?: readonly string[];
  };
}

/** The node that announces a Service by ARP or NDP (metallb.io/v1beta1, ServiceL2Status). */
export interface ServiceL2Status {
  readonly metadata?: ObjectMeta;
  readonly status?: { readonly node?: string; readonly serviceName?: string; readonly serviceNamespace?: string };
}

/** The Services that Cilium announces by ARP, and from which nodes (cilium.io/v2alpha1, CiliumL2AnnouncementPolicy). */
export interface CiliumL2Policy {
  readonly metadata?: ObjectMeta;
  readonly spec?: {
    readonly serviceSelector?: LabelSelector;
    readonly nodeSelector?: LabelSelector;
    readonly loadBalancerIPs?: boolean;
    readonly externalIPs?: boolean;
  };
}

/** The Services that Cilium announces by BGP (cilium.io/v2, CiliumBGPAdvertisement), with the fields that are read. */
export interface CiliumBgpAdvertisement {
  readonly metadata?: ObjectMeta;
  readonly spec?: {
    readonly advertisements?: readonly {
      readonly advertisementType?: string;
      readonly service?: { readonly addresses?: readonly string[] };
      readonly selector?: LabelSelector;
    }[];
  };
}

/** The holder of a lock (coordination.k8s.io/v1, Lease), with the fields that are read. */
export interface Lease {
  readonly metadata?: ObjectMeta;
  readonly spec?: { readonly holderIdentity?: string };
}

/** A quota of a namespace (v1, ResourceQuota), with the counts that are read. A quota with scopes counts Pods only. */
export interface ResourceQuota {
  readonly metadata?: ObjectMeta;
  readonly spec?: {
    readonly hard?: QuotaAmounts;
    readonly scopes?: readonly string[];
    readonly scopeSelector?: unknown;
  };
  readonly status?: { readonly hard?: QuotaAmounts; readonly used?: QuotaAmounts };
}

/** Quantities: `"5"`, or `5` in a file that was written by hand. */
export type QuotaAmounts = { readonly [Resource in keyof QuotaCounts]?: string | number };

/** A target group of AWS and the Service behind it (elbv2.k8s.aws/v1beta1, TargetGroupBinding), with the fields that are read. */
export interface TargetGroupBinding {
  readonly metadata?: ObjectMeta;
  readonly spec?: { readonly serviceRef?: { readonly name?: string; readonly port?: string | number } };
  readonly status?: { readonly conditions?: readonly Condition[] };
}

/** Istio's modes of mTLS. UNSET inherits the mode of the namespace, or of the mesh. */
export interface MutualTls {
  readonly mode?: string;
}

/** Which Pods of Istio require mTLS (security.istio.io/v1, PeerAuthentication), with the fields that are read. */
export interface PeerAuthentication {
  readonly metadata?: ObjectMeta;
  readonly spec?: {
    readonly selector?: { readonly matchLabels?: Readonly<Record<string, string>> };
    readonly mtls?: MutualTls;
    /** By the port of the Pod. */
    readonly portLevelMtls?: Readonly<Record<string, MutualTls>>;
  };
}

/** One of SkyPilot's configuration files, parsed. */
export interface SkyConfigFile {
  readonly path: string;
  readonly content: unknown;
}

/** Facts about a topic, apart from its objects. */
export interface TopicRow<Item, Kind extends string | undefined = string | undefined> {
  /** Kubernetes' kind of the objects; undefined for items that are not API objects. */
  readonly kind: Kind;
  /** `v1`, `apps/v1`. */
  readonly apiVersion: string;
  /** `apps`; '' for the core group. */
  readonly apiGroup: string;
  /** kubectl's name of the resource; undefined for items that are not API objects. */
  readonly resource: string | undefined;
  /** Where it is listed. `scope`: the snapshot's namespace; null: all namespaces, or a kind without namespaces. */
  readonly namespace: 'scope' | 'ingress-nginx' | 'kube-system' | null;
  /** The type of the fields that are read. */
  readonly shape: Shape;
  /**
   * Whether it takes all objects of its kind in kubectl's own output, also if nothing requests it. One topic per kind does;
   * the others take what their request selects.
   */
  readonly takesDumps: boolean;
  /** Whether endpoints are resolved from it. */
  readonly endpoints: boolean;
  /** Exists only for type inference. */
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

/** For items that are not API objects. */
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
 * Every topic, in the order of a dump. A topic is one list request, and one list in a dump. A new topic needs a row
 * here and the code that collects it.
 */
export const topicRows = {
  /** The answer of `/version`, as one item. */
  serverVersion: ofOurOwn<ServerVersion>({ gitVersion: 'text' }),
  /** The API groups that the server serves (`/apis`). */
  apiGroups: ofOurOwn<ApiGroup>({ name: 'text' }),
  /** The API server's answers about the user's permissions. They are not stored objects. */
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
  /** SkyPilot's configuration files on this machine, lowest precedence first. */
  skyConfig: { ...ofOurOwn<SkyConfigFile>({ 'path!': 'text', content: 'any' }), endpoints: true },
  /** Pods with SkyPilot's label `skypilot-cluster-name`. */
  pods: ofApi<Pod>()({ ...pods, namespace: 'scope' }, { takesDumps: true, endpoints: true }),
  /** Deployments with SkyPilot's label. High-availability controllers have them. */
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
  /**
   * Services of ingress controllers in all namespaces, by their well-known labels; not requested if `services` has all.
   */
  controllerServices: ofApi<Service>()({ ...services, namespace: null }, { endpoints: true }),
  /** Services of the namespace ingress-nginx, where SkyPilot looks; not requested if `services` has all. */
  ingressNginxServices: ofApi<Service>()({ ...services, namespace: 'ingress-nginx' }, { endpoints: true }),
  /** The Service that the user named with --ingress-service; not requested if `services` has all. */
  namedControllerServices: ofApi<Service>()({ ...services, namespace: null }, { endpoints: true }),
  /** Pods of ingress controllers in all namespaces, by their well-known labels. */
  controllerPods: ofApi<Pod>()({ ...pods, namespace: null }, {}),
  /** The ConfigMap of ingress-nginx, if an Ingress is on the path. Only the settings that are read are kept. */
  controllerConfigMaps: ofApi<ConfigMap>()(
    { kind: 'ConfigMap', apiVersion: 'v1', resource: 'configmaps', namespace: null, shape: controllerConfigMap },
    { takesDumps: true },
  ),
  /** EndpointSlices of ingress controllers' Services in all namespaces. They have the Services' labels. */
  controllerSlices: ofApi<EndpointSlice>()({ ...slices, namespace: null }, {}),
  /** Pods of load balancer implementations, by their recommended label. */
  loadBalancerPods: ofApi<Pod>()({ ...pods, namespace: null, shape: loadBalancerPod }, {}),
  /** MetalLB's speakers by the labels of its own manifests, which lack the recommended label. */
  metallbSpeakers: ofApi<Pod>()({ ...pods, namespace: null, shape: loadBalancerPod }, {}),
  /** MetalLB's IPAddressPools, if the API server serves them. */
  addressPools: ofApi<AddressPool>()(
    { ...metallb, kind: 'IPAddressPool', resource: 'ipaddresspools', shape: addressPool },
    { takesDumps: true },
  ),
  /** MetalLB's announcements by ARP and NDP. */
  l2Advertisements: ofApi<Advertisement>()(
    { ...metallb, kind: 'L2Advertisement', resource: 'l2advertisements', shape: advertisement },
    { takesDumps: true },
  ),
  /** MetalLB's announcements by BGP. */
  bgpAdvertisements: ofApi<Advertisement>()(
    { ...metallb, kind: 'BGPAdvertisement', resource: 'bgpadvertisements', shape: advertisement },
    { takesDumps: true },
  ),
  /** The nodes that announce, as MetalLB's speakers report them (0.14.6 and later). */
  serviceL2Statuses: ofApi<ServiceL2Status>()(
    { ...metallb, kind: 'ServiceL2Status', resource: 'servicel2statuses', shape: serviceL2Status },
    { takesDumps: true },
  ),
  /** Cilium's announcements by ARP, if the API server serves them and a load balancer has an address. */
  ciliumL2Policies: ofApi<CiliumL2Policy>()(
    {
      kind: 'CiliumL2AnnouncementPolicy',
      apiVersion: 'cilium.io/v2alpha1',
      resource: 'ciliuml2announcementpolicies',
      namespace: null,
      shape: ciliumL2Policy,
    },
    { takesDumps: true },
  ),
  /** Cilium's announcements by BGP, under the same condition. */
  ciliumBgpAdvertisements: ofApi<CiliumBgpAdvertisement>()(
    {
      kind: 'CiliumBGPAdvertisement',
      apiVersion: 'cilium.io/v2',
      resource: 'ciliumbgpadvertisements',
      namespace: null,
      shape: ciliumBgpAdvertisement,
    },
    { takesDumps: true },
  ),
  /** Leases of kube-system, where Cilium's agents take one for each Service that they announce. */
  leases: ofApi<Lease>()(
    { kind: 'Lease', apiVersion: 'coordination.k8s.io/v1', resource: 'leases', namespace: 'kube-system', shape: lease },
    { takesDumps: true },
  ),
  /** Cilium's address pools, if the API server serves them and a load balancer waits for an address. */
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
  /** Pods through which ServiceLB holds node ports, if ServiceLB may exist and there is a load balancer. */
  serviceLbPods: ofApi<Pod>()({ ...pods, namespace: null, shape: loadBalancerPod }, {}),
  /** Pods through which Tailscale's operator serves Services and Ingresses, if it serves a Service. */
  tailscalePods: ofApi<Pod>()({ ...pods, namespace: null }, {}),
  /** Target groups of the AWS Load Balancer Controller, if it handles a Service or an Ingress, or there is a warning about one. */
  targetGroupBindings: ofApi<TargetGroupBinding>()(
    {
      kind: 'TargetGroupBinding',
      apiVersion: 'elbv2.k8s.aws/v1beta1',
      resource: 'targetgroupbindings',
      namespace: 'scope',
      shape: targetGroupBinding,
    },
    { takesDumps: true },
  ),
  /** DaemonSets of ServiceLB, one for each Service, if a load balancer waits for an address. */
  serviceLbDaemonSets: ofApi<DaemonSet>()(
    { kind: 'DaemonSet', apiVersion: 'apps/v1', resource: 'daemonsets', namespace: null, shape: daemonSet },
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
  /** Only if a mode is asked about that the user may not try by a dry run. */
  mutatingWebhooks: ofApi<MutatingWebhookConfiguration>()(
    {
      kind: 'MutatingWebhookConfiguration',
      apiVersion: 'admissionregistration.k8s.io/v1',
      resource: 'mutatingwebhookconfigurations',
      namespace: null,
      shape: webhook,
    },
    { takesDumps: true },
  ),
  /** Only if a mode is asked about. */
  resourceQuotas: ofApi<ResourceQuota>()(
    { kind: 'ResourceQuota', apiVersion: 'v1', resource: 'resourcequotas', namespace: 'scope', shape: resourceQuota },
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
  /** Istio's rules for mTLS, if a head Pod is in its mesh. */
  peerAuthentications: ofApi<PeerAuthentication>()(
    {
      kind: 'PeerAuthentication',
      apiVersion: 'security.istio.io/v1',
      resource: 'peerauthentications',
      namespace: null,
      shape: peerAuthentication,
    },
    { takesDumps: true },
  ),
  /** The first page only: the API has no shorter form of a Node. */
  nodes: ofApi<Node>()(
    { kind: 'Node', apiVersion: 'v1', resource: 'nodes', namespace: null, shape: node },
    { takesDumps: true, endpoints: true },
  ),
  /** Warnings only. The API server keeps them for an hour. */
  events: ofApi<Event>()(
    { kind: 'Event', apiVersion: 'v1', resource: 'events', namespace: 'scope', shape: event },
    { takesDumps: true, endpoints: true },
  ),
  /**
   * Warnings of other namespaces: of all, if a load balancer waits for its address or is served by Pods, since these may be in
   * any; else of the ingress controller's, if there is an Ingress.
   */
  handlerEvents: ofApi<Event>()(
    { kind: 'Event', apiVersion: 'v1', resource: 'events', namespace: null, shape: event },
    {},
  ),
  /** Events that tell why a Pod is gone, if a head Pod is gone or not Ready. Most of them have the type Normal. */
  podEvents: ofApi<Event>()(
    { kind: 'Event', apiVersion: 'v1', resource: 'events', namespace: 'scope', shape: event },
    { endpoints: true },
  ),
  /** Results of calls from this machine to the endpoints' addresses. They are made after the endpoints are known. */
  probes: ofOurOwn<AddressProbe>(probe),
  /** What was seen of the ports from inside the head Pods. */
  podProbes: ofOurOwn<PodProbe>(podProbe),
  /** The API server's answers to dry runs of the objects that a mode writes. Only if that mode is asked about. */
  dryRuns: ofOurOwn<DryRun>(dryRun),
} as const;

export type Topic = keyof typeof topicRows;

/** The type of each topic's items. */
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
  /** `metadata.resourceVersion` of the list, where a watch continues. */
  readonly resourceVersion: string;
  /** True if there are more objects than were requested. */
  readonly cutOff: boolean;
}

/** A topic that could not be seen. It is never the same as an empty list. */
export interface Unobserved {
  readonly observed: false;
  readonly reason: UnobservedReason;
  /** The message of the API server or of this plugin. */
  readonly message: string;
  /** What to do about it. A dump does not keep it. */
  readonly cures?: readonly Cure[];
}

/** One topic: seen (perhaps empty), or not seen and why. */
export type Observation<T> = Observed<T> | Unobserved;

/** The items of a topic; none if it was not seen. For callers that handle a missing topic elsewhere. */
export function itemsOf<T>(observation: Observation<T>): readonly T[] {
  return observation.observed ? observation.items : [];
}

/** A topic that was not requested. */
export const notCollected: Unobserved = { observed: false, reason: 'not-collected', message: 'not collected' };
