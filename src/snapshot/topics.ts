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
  certificate,
  certificateRequest,
  challenge,
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
  issuer,
  istioConfigMap,
  lease,
  loadBalancerPod,
  networkPolicy,
  node,
  order,
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
 * Which pools MetalLB announces, from which nodes, and for which Services (metallb.io/v1beta1). An absent field limits
 * nothing.
 */
export interface Advertisement {
  readonly metadata?: ObjectMeta;
  readonly spec?: {
    readonly ipAddressPools?: readonly string[];
    readonly ipAddressPoolSelectors?: readonly LabelSelector[];
    readonly nodeSelectors?: readonly LabelSelector[];
    readonly serviceSelectors?: readonly LabelSelector[];
    /**
     * The network interfaces from which the nodes announce. If absent, they use all interfaces. Only an L2Advertisement
     * has this field.
     */
    readonly interfaces?: readonly string[];
  };
}

/** Which node announces a Service by ARP or NDP (metallb.io/v1beta1, ServiceL2Status). */
export interface ServiceL2Status {
  readonly metadata?: ObjectMeta;
  readonly status?: { readonly node?: string; readonly serviceName?: string; readonly serviceNamespace?: string };
}

/** Which Services Cilium announces by ARP, and from which nodes (cilium.io/v2alpha1, CiliumL2AnnouncementPolicy). */
export interface CiliumL2Policy {
  readonly metadata?: ObjectMeta;
  readonly spec?: {
    readonly serviceSelector?: LabelSelector;
    readonly nodeSelector?: LabelSelector;
    readonly loadBalancerIPs?: boolean;
    readonly externalIPs?: boolean;
  };
}

/** Which Services Cilium announces by BGP (cilium.io/v2, CiliumBGPAdvertisement), with the fields that are read. */
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

/** Who holds a lock (coordination.k8s.io/v1, Lease), with the fields that are read. */
export interface Lease {
  readonly metadata?: ObjectMeta;
  readonly spec?: { readonly holderIdentity?: string };
}

/** A quota of a namespace (v1, ResourceQuota), with the counts that are read. A quota with scopes counts only Pods. */
export interface ResourceQuota {
  readonly metadata?: ObjectMeta;
  readonly spec?: {
    readonly hard?: QuotaAmounts;
    readonly scopes?: readonly string[];
    readonly scopeSelector?: unknown;
  };
  readonly status?: { readonly hard?: QuotaAmounts; readonly used?: QuotaAmounts };
}

/** The quantity of each resource: `"5"`, or `5` in a file that a person wrote. */
export type QuotaAmounts = { readonly [Resource in keyof QuotaCounts]?: string | number };

/** A target group of AWS and the Service behind it (elbv2.k8s.aws/v1beta1, TargetGroupBinding), with the fields that are read. */
export interface TargetGroupBinding {
  readonly metadata?: ObjectMeta;
  readonly spec?: { readonly serviceRef?: { readonly name?: string; readonly port?: string | number } };
  readonly status?: { readonly conditions?: readonly Condition[] };
}

/** How Istio uses mTLS. UNSET means: as in the namespace or the mesh. */
export interface MutualTls {
  readonly mode?: string;
}

/** Istio's rule about mTLS for some Pods (security.istio.io/v1, PeerAuthentication), with the fields that are read. */
export interface PeerAuthentication {
  readonly metadata?: ObjectMeta;
  readonly spec?: {
    readonly selector?: { readonly matchLabels?: Readonly<Record<string, string>> };
    readonly mtls?: MutualTls;
    /** The modes for single ports. The key is the port of the Pod. */
    readonly portLevelMtls?: Readonly<Record<string, MutualTls>>;
  };
}

/** Refers to the issuer of a certificate. An absent kind means Issuer (cert-manager.io/v1, IssuerReference). */
export interface IssuerReference {
  readonly name?: string;
  readonly kind?: string;
  readonly group?: string;
}

/** A certificate that cert-manager keeps in a Secret (cert-manager.io/v1, Certificate), with the fields that are read. */
export interface Certificate {
  readonly metadata?: ObjectMeta;
  readonly spec?: {
    readonly secretName?: string;
    readonly dnsNames?: readonly string[];
    readonly issuerRef?: IssuerReference;
  };
  readonly status?: { readonly conditions?: readonly Condition[] };
}

/** One attempt to get a certificate signed (cert-manager.io/v1, CertificateRequest), with the fields that are read. */
export interface CertificateRequest {
  readonly metadata?: ObjectMeta;
  readonly spec?: { readonly issuerRef?: IssuerReference };
  readonly status?: { readonly conditions?: readonly Condition[] };
}

/** An order at an ACME server (acme.cert-manager.io/v1, Order), with the fields that are read. */
export interface Order {
  readonly metadata?: ObjectMeta;
  readonly status?: { readonly state?: string; readonly reason?: string };
}

/** How an ACME server checks who owns a name (acme.cert-manager.io/v1, Challenge), with the fields that are read. */
export interface Challenge {
  readonly metadata?: ObjectMeta;
  readonly spec?: { readonly type?: string; readonly dnsName?: string };
  readonly status?: { readonly state?: string; readonly reason?: string };
}

/** What signs certificates (cert-manager.io/v1, Issuer and ClusterIssuer), with the fields that are read. */
export interface Issuer {
  readonly metadata?: ObjectMeta;
  readonly spec?: {
    readonly ca?: { readonly secretName?: string };
    readonly acme?: { readonly solvers?: readonly { readonly http01?: unknown; readonly dns01?: unknown }[] };
  };
  readonly status?: { readonly conditions?: readonly Condition[] };
}

/** A configuration file of SkyPilot, parsed. */
export interface SkyConfigFile {
  readonly path: string;
  readonly content: unknown;
}

/** The properties of a topic. They are the same for every cluster. */
export interface TopicRow<Item, Kind extends string | undefined = string | undefined> {
  /** The Kubernetes kind of the objects; undefined for items that are not API objects. */
  readonly kind: Kind;
  /** The apiVersion of the objects, such as `v1` or `apps/v1`; '' for items that are not API objects. */
  readonly apiVersion: string;
  /** The API group of the objects, such as `apps`; '' for the core group. */
  readonly apiGroup: string;
  /** Another API group with objects of the same kind, fields and resource; undefined for most kinds. */
  readonly alsoGroup?: string;
  /** kubectl's name for the kind, such as `services`; undefined for items that are not API objects. */
  readonly resource: string | undefined;
  /**
   * The namespace to list. `scope` means the snapshot's namespace. Null means all namespaces, or a kind without
   * namespaces.
   */
  readonly namespace: 'scope' | 'ingress-nginx' | 'kube-system' | null;
  /** The fields that are read, with their types. */
  readonly shape: Shape;
  /**
   * Whether the topic gets all objects of its kind from kubectl's output, even if nothing requests the topic. Each kind
   * has only one such topic. Other topics of the kind get only the objects that their request selects.
   */
  readonly takesDumps: boolean;
  /** Does not exist at run time. It only tells TypeScript the type of the items. */
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
const certManager = 'cert-manager.io/v1';
const acme = 'acme.cert-manager.io/v1';
const metallb = { apiVersion: 'metallb.io/v1beta1', namespace: null } as const;
const networking = 'networking.k8s.io/v1';

/**
 * Every topic, in the order of a dump. A topic is one list request, and one list in a dump. A new topic needs a row
 * here, and code that collects it.
 */
export const topicRows = {
  /** The answer of `/version`, as a list with one item. */
  serverVersion: ofOurOwn<ServerVersion>({ gitVersion: 'text' }),
  /** The API groups of the server (`/apis`). */
  apiGroups: ofOurOwn<ApiGroup>({ name: 'text' }),
  /** The API server's answers about the user's permissions. The API server does not store these objects. */
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
   * The Services of ingress controllers in all namespaces, by their well-known labels. Not requested if `services` has
   * all namespaces.
   */
  controllerServices: ofApi<Service>()({ ...services, namespace: null }),
  /**
   * The Services of the namespace ingress-nginx. SkyPilot reads one of them. Not requested if `services` has all
   * namespaces.
   */
  ingressNginxServices: ofApi<Service>()({ ...services, namespace: 'ingress-nginx' }),
  /** The Service that the user named with --ingress-service. Not requested if `services` has all namespaces. */
  namedControllerServices: ofApi<Service>()({ ...services, namespace: null }),
  /** Pods of ingress controllers in all namespaces, by their well-known labels. */
  controllerPods: ofApi<Pod>()({ ...pods, namespace: null }),
  /**
   * The ConfigMap of ingress-nginx. Requested if an Ingress exists. A dump contains only the settings that checks read.
   */
  controllerConfigMaps: ofApi<ConfigMap>()(
    { kind: 'ConfigMap', apiVersion: 'v1', resource: 'configmaps', namespace: null, shape: controllerConfigMap },
    { takesDumps: true },
  ),
  /**
   * The EndpointSlices for the Services of ingress controllers, in all namespaces. They have the labels of their
   * Service.
   */
  controllerSlices: ofApi<EndpointSlice>()({ ...slices, namespace: null }),
  /** Pods of load balancer implementations, by their label `app.kubernetes.io/name`. */
  loadBalancerPods: ofApi<Pod>()({ ...pods, namespace: null, shape: loadBalancerPod }),
  /**
   * The Pods of MetalLB's speakers, by the labels in MetalLB's own manifests. These Pods lack the label
   * `app.kubernetes.io/name`.
   */
  metallbSpeakers: ofApi<Pod>()({ ...pods, namespace: null, shape: loadBalancerPod }),
  /** MetalLB's IPAddressPools. Requested if the API server serves them. */
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
  /** Which nodes announce Services, as MetalLB's speakers report it (0.14.6 and later). */
  serviceL2Statuses: ofApi<ServiceL2Status>()(
    { ...metallb, kind: 'ServiceL2Status', resource: 'servicel2statuses', shape: serviceL2Status },
    { takesDumps: true },
  ),
  /** Cilium's announcements by ARP. Requested if the API server serves them and a Service of Cilium has an address. */
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
  /** Cilium's announcements by BGP. Requested under the same condition as those by ARP. */
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
  /** The Leases of kube-system. For each announced Service, an agent of Cilium holds one Lease. */
  leases: ofApi<Lease>()(
    { kind: 'Lease', apiVersion: 'coordination.k8s.io/v1', resource: 'leases', namespace: 'kube-system', shape: lease },
    { takesDumps: true },
  ),
  /** Cilium's address pools. Requested if the API server serves them and a load balancer has no address yet. */
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
   * The Pods of ServiceLB, which listen on the ports of nodes. Requested if ServiceLB may run and a Service of type
   * LoadBalancer exists.
   */
  serviceLbPods: ofApi<Pod>()({ ...pods, namespace: null, shape: loadBalancerPod }),
  /**
   * The proxy Pods that Tailscale's operator creates for Services and Ingresses. Requested if Tailscale serves a
   * Service.
   */
  tailscalePods: ofApi<Pod>()({ ...pods, namespace: null }),
  /**
   * The target groups of the AWS Load Balancer Controller or of EKS Auto Mode. Requested if one of them serves a Service
   * or an Ingress, or if a warning is about a target group.
   */
  targetGroupBindings: ofApi<TargetGroupBinding>()(
    {
      kind: 'TargetGroupBinding',
      apiVersion: 'elbv2.k8s.aws/v1beta1',
      // EKS Auto Mode (https://docs.aws.amazon.com/eks/latest/userguide/auto-configure-nlb.html).
      alsoGroup: 'eks.amazonaws.com',
      resource: 'targetgroupbindings',
      namespace: 'scope',
      shape: targetGroupBinding,
    },
    { takesDumps: true },
  ),
  /** The DaemonSets of ServiceLB, one for each Service. Requested if a load balancer has no address yet. */
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
  /** Requested if the user asks about a mode that writes objects, and these objects get no dry run. */
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
  /** Requested if the user asks about a mode that writes objects, or about all modes in the whole cluster. */
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
  /** Istio's rules about mTLS. Requested if a head Pod is in Istio's mesh. */
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
  /** The ConfigMap `istio` with the settings of the mesh, if a head Pod is in Istio's mesh. A dump keeps one setting. */
  istioConfigMaps: ofApi<ConfigMap>()({
    kind: 'ConfigMap',
    apiVersion: 'v1',
    resource: 'configmaps',
    namespace: null,
    shape: istioConfigMap,
  }),
  /** cert-manager's Certificates. Requested if an Ingress on the path asks cert-manager for one. */
  certificates: ofApi<Certificate>()(
    { kind: 'Certificate', apiVersion: certManager, resource: 'certificates', namespace: 'scope', shape: certificate },
    { takesDumps: true },
  ),
  /** The attempts to get Certificates signed. Requested under the same condition, as the next four topics. */
  certificateRequests: ofApi<CertificateRequest>()(
    {
      kind: 'CertificateRequest',
      apiVersion: certManager,
      resource: 'certificaterequests',
      namespace: 'scope',
      shape: certificateRequest,
    },
    { takesDumps: true },
  ),
  /** The orders at ACME servers, such as Let's Encrypt. */
  orders: ofApi<Order>()(
    { kind: 'Order', apiVersion: acme, resource: 'orders', namespace: 'scope', shape: order },
    { takesDumps: true },
  ),
  /** How ACME servers check who owns a name. */
  challenges: ofApi<Challenge>()(
    { kind: 'Challenge', apiVersion: acme, resource: 'challenges', namespace: 'scope', shape: challenge },
    { takesDumps: true },
  ),
  /** The Issuers of the namespace. Requested only if an Ingress names an Issuer. */
  issuers: ofApi<Issuer>()(
    { kind: 'Issuer', apiVersion: certManager, resource: 'issuers', namespace: 'scope', shape: issuer },
    { takesDumps: true },
  ),
  /** Requested only if an Ingress names a ClusterIssuer. */
  clusterIssuers: ofApi<Issuer>()(
    { kind: 'ClusterIssuer', apiVersion: certManager, resource: 'clusterissuers', namespace: null, shape: issuer },
    { takesDumps: true },
  ),
  /** Only the first page is requested, because a Node is large, and the API cannot shorten it. */
  nodes: ofApi<Node>()(
    { kind: 'Node', apiVersion: 'v1', resource: 'nodes', namespace: null, shape: node },
    { takesDumps: true },
  ),
  /** Only warnings. By default, the API server keeps them for an hour. */
  events: ofApi<Event>()(
    { kind: 'Event', apiVersion: 'v1', resource: 'events', namespace: 'scope', shape: event },
    { takesDumps: true },
  ),
  /**
   * Warnings of other namespaces. Requested if `events` has only one namespace.
   *
   * All other namespaces are listed in three cases: a load balancer has no address yet, Pods serve it, or no speaker of
   * MetalLB was seen. (Its Pods may be in any namespace.) Otherwise, if an Ingress exists, only the namespace of the
   * ingress controller is listed.
   */
  handlerEvents: ofApi<Event>()({ kind: 'Event', apiVersion: 'v1', resource: 'events', namespace: null, shape: event }),
  /**
   * Events that explain why a Pod is gone. Most of them have the type Normal. Requested if a head Pod is gone or not
   * Ready.
   */
  podEvents: ofApi<Event>()({ kind: 'Event', apiVersion: 'v1', resource: 'events', namespace: 'scope', shape: event }),
  /**
   * Results of calling the addresses of endpoints from this machine. These calls follow when the endpoints are known.
   */
  probes: ofOurOwn<AddressProbe>(probe),
  /** What the API server and the head Pods themselves say about ports. */
  podProbes: ofOurOwn<PodProbe>(podProbe),
  /**
   * The API server's answers to dry runs of the objects that a mode writes. Requested if the user asks about this mode.
   */
  dryRuns: ofOurOwn<DryRun>(dryRun),
} as const;

export type Topic = keyof typeof topicRows;

/** The type of each topic's items. */
export type TopicObjects = { readonly [T in Topic]: NonNullable<(typeof topicRows)[T]['item']> };

/** All topics, in the order of a dump. */
export const allTopics = Object.keys(topicRows) as readonly Topic[];

/** The topic with `takesDumps` for a kind; undefined if there is none. */
export function topicOfKind(kind: string): Topic | undefined {
  return allTopics.find((topic) => topicRows[topic].kind === kind && topicRows[topic].takesDumps);
}

/** Why a topic was not seen. */
export type UnobservedReason = 'forbidden' | 'not-served' | 'timed-out' | 'failed' | 'not-collected';

/** The API server's answer about one topic. */
export interface Observed<T> {
  readonly observed: true;
  readonly items: readonly T[];
  /** The `metadata.resourceVersion` of the list. A watch can continue from this version. */
  readonly resourceVersion: string;
  /** Whether the server has more objects than these, because only the first page was requested. */
  readonly cutOff: boolean;
}

/** A topic that was not seen. This is not the same as an empty list. */
export interface Unobserved {
  readonly observed: false;
  readonly reason: UnobservedReason;
  /** The message of the API server or of this plugin. */
  readonly message: string;
  /** Commands that solve the problem. A dump does not contain them. */
  readonly cures?: readonly Cure[];
}

/** One topic: either seen, perhaps with no items, or not seen, with the reason. */
export type Observation<T> = Observed<T> | Unobserved;

/** The items of a topic; empty if it was not seen. Only for callers that handle this case elsewhere. */
export function itemsOf<T>(observation: Observation<T>): readonly T[] {
  return observation.observed ? observation.items : [];
}

/** A topic that was not requested. */
export const notCollected: Unobserved = { observed: false, reason: 'not-collected', message: 'not collected' };
