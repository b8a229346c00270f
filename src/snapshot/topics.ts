import type { ValidatingWebhookConfiguration } from 'kubernetes-types/admissionregistration/v1';
import type { Deployment } from 'kubernetes-types/apps/v1';
import type { SelfSubjectAccessReview } from 'kubernetes-types/authorization/v1';
import type { Event, Node, Pod, Service } from 'kubernetes-types/core/v1';
import type { EndpointSlice } from 'kubernetes-types/discovery/v1';
import type { Condition, LabelSelector, ObjectMeta } from 'kubernetes-types/meta/v1';
import type { Ingress, IngressClass, NetworkPolicy } from 'kubernetes-types/networking/v1';
import type { Cure } from '../errors/cure.ts';
import type { AddressProbe, PodProbe } from './probe.ts';

/** The object kind that each topic holds. A topic is one list request, and one list of a dump. */
export interface TopicObjects {
  /** Pods that carry SkyPilot's label `skypilot-cluster-name`. */
  pods: Pod;
  /** Deployments that carry SkyPilot's label: of high-availability controllers. */
  deployments: Deployment;
  services: Service;
  ingresses: Ingress;
  endpointSlices: EndpointSlice;
  ingressClasses: IngressClass;
  /** Services of ingress controllers in all namespaces, by their well-known labels; not asked when `services` covers all. */
  controllerServices: Service;
  /** Services of the namespace ingress-nginx, where SkyPilot looks; not asked when `services` covers all. */
  ingressNginxServices: Service;
  /** The Service that the user named with --ingress-service, whatever its labels; not asked when `services` covers all. */
  namedControllerServices: Service;
  /** The first page only: no API gives less than whole Nodes. */
  nodes: Node;
  /** Of type Warning; an API server keeps them for an hour. */
  events: Event;
  /** Pods of ingress controllers in all namespaces, by their well-known labels. */
  controllerPods: Pod;
  /** EndpointSlices of ingress controllers' Services in all namespaces: they bear the Services' labels. */
  controllerSlices: EndpointSlice;
  webhooks: ValidatingWebhookConfiguration;
  networkPolicies: NetworkPolicy;
  /** What the user may do, as the API server answers; nothing of it is an object that stays. */
  accessReviews: SelfSubjectAccessReview;
  /** The answer of `/version`, one item. */
  serverVersion: ServerVersion;
  /** The API groups that are served (`/apis`). */
  apiGroups: ApiGroup;
  /** SkyPilot's configuration files on this machine, lowest precedence first. */
  skyConfig: SkyConfigFile;
  /** What calls of the endpoints' addresses from this machine met; made once the endpoints are known. */
  probes: AddressProbe;
  /** Pods of what gives Services addresses, by their recommended label. */
  loadBalancerPods: Pod;
  /** MetalLB's IPAddressPools (metallb.io/v1beta1), asked for where the API server serves them. */
  addressPools: AddressPool;
  /** What MetalLB announces by ARP and NDP (metallb.io/v1beta1, L2Advertisement). */
  l2Advertisements: Advertisement;
  /** What MetalLB announces by BGP (metallb.io/v1beta1, BGPAdvertisement). */
  bgpAdvertisements: Advertisement;
  /** Cilium's pools of addresses, asked for where the API server serves them and a load balancer waits. */
  ciliumPools: CiliumPool;
  /** Pods by which ServiceLB holds ports of the nodes, asked for where it is there and a load balancer waits. */
  serviceLbPods: Pod;
  /** What was seen of the ports from inside of the head Pods. */
  podProbes: PodProbe;
}

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

export type Topic = keyof TopicObjects;

/** All topics, in the order of a dump. */
export const allTopics: readonly Topic[] = [
  'serverVersion',
  'apiGroups',
  'accessReviews',
  'skyConfig',
  'pods',
  'deployments',
  'services',
  'endpointSlices',
  'ingresses',
  'ingressClasses',
  'controllerServices',
  'ingressNginxServices',
  'namedControllerServices',
  'controllerPods',
  'controllerSlices',
  'loadBalancerPods',
  'addressPools',
  'l2Advertisements',
  'bgpAdvertisements',
  'ciliumPools',
  'serviceLbPods',
  'webhooks',
  'networkPolicies',
  'nodes',
  'events',
  'probes',
  'podProbes',
];

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
