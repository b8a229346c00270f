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
  deployment,
  dryRun,
  endpointSlice,
  event,
  ingress,
  ingressClass,
  lease,
  loadBalancerPod,
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
 * An advertisement of MetalLB (metallb.io/v1beta1). It names the pools, the nodes that announce them, and the Services
 * for which they are announced. An absent field does not restrict them.
 */
export interface Advertisement {
  readonly metadata?: ObjectMeta;
  readonly spec?: {
    readonly ipAddressPools?: readonly string[];
    readonly ipAddressPoolSelectors?: readonly LabelSelector[];
    readonly nodeSelectors?: readonly LabelSelector[];
    readonly serviceSelectors?: readonly LabelSelector[];
    /**
     * The network interfaces that the node uses to announce. Only an L2Advertisement has this field. If it is absent,
     * the node uses all its interfaces.
     */
    readonly interfaces?: readonly string[];
  };
}

/** The node that announces a Service by ARP or NDP (metallb.io/v1beta1, ServiceL2Status). */
export interface ServiceL2Status {
  readonly metadata?: ObjectMeta;
  readonly status?: { readonly node?: string; readonly serviceName?: string; readonly serviceNamespace?: string };
}

/**
 * The Services that Cilium announces by ARP, and the nodes that announce them (cilium.io/v2alpha1,
 * CiliumL2AnnouncementPolicy).
 */
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

/** The quantity of each resource: `"5"`, or `5` in a file that was written by hand. */
export type QuotaAmounts = { readonly [Resource in keyof QuotaCounts]?: string | number };

/** A target group of AWS and the Service behind it (elbv2.k8s.aws/v1beta1, TargetGroupBinding), with the fields that are read. */
export interface TargetGroupBinding {
  readonly metadata?: ObjectMeta;
  readonly spec?: { readonly serviceRef?: { readonly name?: string; readonly port?: string | number } };
  readonly status?: { readonly conditions?: readonly Condition[] };
}

/** A mode of Istio's mTLS. UNSET inherits the mode of the namespace, or of the mesh. */
export interface MutualTls {
  readonly mode?: string;
}

/**
 * Istio's rule for the Pods that require mTLS (security.istio.io/v1, PeerAuthentication), with the fields that are
 * read.
 */
export interface PeerAuthentication {
  readonly metadata?: ObjectMeta;
  readonly spec?: {
    readonly selector?: { readonly matchLabels?: Readonly<Record<string, string>> };
    readonly mtls?: MutualTls;
    /** The modes of single ports. The key is the port of the Pod. */
    readonly portLevelMtls?: Readonly<Record<string, MutualTls>>;
  };
}

/** One of SkyPilot's configuration files, parsed. */
export interface SkyConfigFile {
  readonly path: string;
  readonly content: unknown;
}

/** The properties of a topic. They do not depend on a cluster. */
export interface TopicRow<Item, Kind extends string | undefined = string | undefined> {
  /** Kubernetes' kind of the objects; undefined for items that are not API objects. */
  readonly kind: Kind;
  /** The apiVersion of the objects, such as `v1` or `apps/v1`; '' for items that are not API objects. */
  readonly apiVersion: string;
  /** The API group of the objects, such as `apps`; '' for the core group. */
  readonly apiGroup: string;
  /** kubectl's name of the resource; undefined for items that are not API objects. */
  readonly resource: string | undefined;
  /**
   * The namespace that is listed. `scope`: the snapshot's namespace. Null: all namespaces, or a kind without
   * namespaces.
   */
  readonly namespace: 'scope' | 'ingress-nginx' | 'kube-system' | null;
  /** The fields that are read, with their types. */
  readonly shape: Shape;
  /**
   * Whether the topic gets all objects of its kind from kubectl's own output, even if nothing requests the topic. Each
   * kind has only one such topic. The other topics of the kind get the objects that their request selects.
   */
  readonly takesDumps: boolean;
  /** This field only exists for type inference. */
  readonly item?: Item;
}

type Facts<Kind extends string> = Omit<TopicRow<never, Kind>, 'apiGroup' | 'takesDumps' | 'item'>;

const ofApi =
  <Item>() =>
  <const Kind extends string>(
    facts: Facts<Kind>,
    { takesDumps = false }: Partial<Pick<TopicRow<never>, 'takesDumps'>> = {},
  ): TopicRow<Item, Kind> => ({ ...facts, apiGroup: apiGroupOf(facts.apiVersion), takesDumps });

function apiGroupOf(apiVersion: string): string {
  return apiVersion.includes('/') ? apiVersion.split('/', 1)[0]! : '';
}

/** The row of a topic whose items are not API objects. */
const ofOurOwn = <Item>(shape: Shape): TopicRow<Item, undefined> => ({
  kind: undefined,
  apiVersion: '',
  apiGroup: '',
  resource: undefined,
  namespace: null,
  takesDumps: false,
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
  /** The answer of `/version`, as a list with one item. */
  serverVersion: ofOurOwn<ServerVersion>({ gitVersion: 'text' }),
  /** The API groups that the server serves (`/apis`). */
  apiGroups: ofOurOwn<ApiGroup>({ name: 'text' }),
  /** The API server's answers about the user's permissions. These objects are not stored. */
  accessReviews: ofApi<SelfSubjectAccessReview>()({
    kind: 'SelfSubjectAccessReview',
    apiVersion: 'authorization.k8s.io/v1',
    resource: 'selfsubjectaccessreviews',
    namespace: null,
    shape: accessReview,
  }),
  /** SkyPilot's configuration files on this machine, lowest precedence first. */
  skyConfig: ofOurOwn<SkyConfigFile>({ 'path!': 'text', content: 'any' }),
  /** Pods with SkyPilot's label `skypilot-cluster-name`. */
  pods: ofApi<Pod>()({ ...pods, namespace: 'scope' }, { takesDumps: true }),
  /** Deployments with SkyPilot's label. SkyPilot creates them for its high-availability controllers. */
  deployments: ofApi<Deployment>()(
    { kind: 'Deployment', apiVersion: 'apps/v1', resource: 'deployments', namespace: 'scope', shape: deployment },
    { takesDumps: true },
  ),
  services: ofApi<Service>()({ ...services, namespace: 'scope' }, { takesDumps: true }),
  endpointSlices: ofApi<EndpointSlice>()({ ...slices, namespace: 'scope' }, { takesDumps: true }),
  ingresses: ofApi<Ingress>()(
    { kind: 'Ingress', apiVersion: networking, resource: 'ingresses', namespace: 'scope', shape: ingress },
    { takesDumps: true },
  ),
  ingressClasses: ofApi<IngressClass>()(
    { kind: 'IngressClass', apiVersion: networking, resource: 'ingressclasses', namespace: null, shape: ingressClass },
    { takesDumps: true },
  ),
  /**
   * Services of ingress controllers in all namespaces, by their well-known labels. Not requested if `services` contains
   * all namespaces.
   */
  controllerServices: ofApi<Service>()({ ...services, namespace: null }),
  /**
   * Services of the namespace ingress-nginx, which SkyPilot reads. Not requested if `services` contains all namespaces.
   */
  ingressNginxServices: ofApi<Service>()({ ...services, namespace: 'ingress-nginx' }),
  /** The Service that the user named with --ingress-service. Not requested if `services` contains all namespaces. */
  namedControllerServices: ofApi<Service>()({ ...services, namespace: null }),
  /** Pods of ingress controllers in all namespaces, by their well-known labels. */
  controllerPods: ofApi<Pod>()({ ...pods, namespace: null }),
  /** The ConfigMap of ingress-nginx, if an Ingress exists. Only the settings that checks read are kept in a dump. */
  controllerConfigMaps: ofApi<ConfigMap>()(
    { kind: 'ConfigMap', apiVersion: 'v1', resource: 'configmaps', namespace: null, shape: controllerConfigMap },
    { takesDumps: true },
  ),
  /**
   * EndpointSlices of ingress controllers' Services in all namespaces. These EndpointSlices have the labels of the
   * Services.
   */
  controllerSlices: ofApi<EndpointSlice>()({ ...slices, namespace: null }),
  /** Pods of load balancer implementations, by their label `app.kubernetes.io/name`. */
  loadBalancerPods: ofApi<Pod>()({ ...pods, namespace: null, shape: loadBalancerPod }),
  /**
   * Pods of MetalLB's speakers, by the labels of MetalLB's own manifests. These Pods lack the label
   * `app.kubernetes.io/name`.
   */
  metallbSpeakers: ofApi<Pod>()({ ...pods, namespace: null, shape: loadBalancerPod }),
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
  /** The nodes that announce Services, according to MetalLB's speakers (0.14.6 and later). */
  serviceL2Statuses: ofApi<ServiceL2Status>()(
    { ...metallb, kind: 'ServiceL2Status', resource: 'servicel2statuses', shape: serviceL2Status },
    { takesDumps: true },
  ),
  /** Cilium's announcements by ARP, if the API server serves them and a Service that Cilium handles has an address. */
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
  /** Cilium's announcements by BGP, under the same condition as the announcements by ARP. */
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
  /** Leases of kube-system. Cilium's agents hold one Lease for each Service that they announce. */
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
  /**
   * Pods of ServiceLB, which listen on the ports of nodes. Requested if ServiceLB may exist and a Service of type
   * LoadBalancer exists.
   */
  serviceLbPods: ofApi<Pod>()({ ...pods, namespace: null, shape: loadBalancerPod }),
  /** Proxy Pods that Tailscale's operator runs for Services and Ingresses. Requested if Tailscale serves a Service. */
  tailscalePods: ofApi<Pod>()({ ...pods, namespace: null }),
  /**
   * Target groups of the AWS Load Balancer Controller. Requested if this controller handles a Service or an Ingress, or
   * if a warning is about a target group.
   */
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
  serviceLbDaemonSets: ofApi<DaemonSet>()({
    kind: 'DaemonSet',
    apiVersion: 'apps/v1',
    resource: 'daemonsets',
    namespace: null,
    shape: daemonSet,
  }),
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
  /** Requested if the user asks about a mode that writes objects, and no dry run of these objects will be made. */
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
  /** Requested if the user asks about a mode that writes objects, or about all modes in the whole context. */
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
  /** Istio's rules for mTLS, if a head Pod is in Istio's mesh. */
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
  /** Only the first page is requested, since Nodes are large and the API has no shorter form of a Node. */
  nodes: ofApi<Node>()(
    { kind: 'Node', apiVersion: 'v1', resource: 'nodes', namespace: null, shape: node },
    { takesDumps: true },
  ),
  /** Warnings only. By default, the API server keeps them for an hour. */
  events: ofApi<Event>()(
    { kind: 'Event', apiVersion: 'v1', resource: 'events', namespace: 'scope', shape: event },
    { takesDumps: true },
  ),
  /**
   * Warnings of other namespaces, if `events` contains only one namespace. If a load balancer waits for its address,
   * if Pods serve it, or if no speaker of MetalLB was seen, these are the warnings of all other namespaces, because its
   * Pods may be in any of them.
   * Otherwise, if an Ingress exists, these are the warnings of the ingress controller's namespace.
   */
  handlerEvents: ofApi<Event>()({ kind: 'Event', apiVersion: 'v1', resource: 'events', namespace: null, shape: event }),
  /**
   * Events that explain why a Pod is gone. Requested if a head Pod is gone or not Ready. Most of these events have the
   * type Normal.
   */
  podEvents: ofApi<Event>()({ kind: 'Event', apiVersion: 'v1', resource: 'events', namespace: 'scope', shape: event }),
  /**
   * Results of calls from this machine to the addresses of endpoints. The calls are made after the endpoints are known.
   */
  probes: ofOurOwn<AddressProbe>(probe),
  /** Facts about ports that were found from inside the head Pods and by the API server. */
  podProbes: ofOurOwn<PodProbe>(podProbe),
  /**
   * The API server's answers to dry runs of the objects that a mode writes. Requested only if the user asks about this
   * mode.
   */
  dryRuns: ofOurOwn<DryRun>(dryRun),
} as const;

export type Topic = keyof typeof topicRows;

/** The type of each topic's items. */
export type TopicObjects = { readonly [T in Topic]: NonNullable<(typeof topicRows)[T]['item']> };

/** All topics, in the order of a dump. */
export const allTopics = Object.keys(topicRows) as readonly Topic[];

/** The topic that gets the objects of a kind from kubectl's own output; undefined for other kinds. */
export function topicOfKind(kind: string): Topic | undefined {
  return allTopics.find((topic) => topicRows[topic].kind === kind && topicRows[topic].takesDumps);
}

/** Why a topic was not seen. */
export type UnobservedReason = 'forbidden' | 'not-served' | 'timed-out' | 'failed' | 'not-collected';

/** The API server's answer about one topic. */
export interface Observed<T> {
  readonly observed: true;
  readonly items: readonly T[];
  /** The `metadata.resourceVersion` of the list. A watch continues from it. */
  readonly resourceVersion: string;
  /** True if the server has more objects than were requested. */
  readonly cutOff: boolean;
}

/** A topic that could not be seen. It is never the same as an empty list. */
export interface Unobserved {
  readonly observed: false;
  readonly reason: UnobservedReason;
  /** The message of the API server or of this plugin. */
  readonly message: string;
  /** The cures for the problem. A dump does not contain them. */
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
