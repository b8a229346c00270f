import type { Topic } from './topics.ts';

/** What a topic is called by Kubernetes, and where it is looked for. */
export interface TopicPlace {
  /** The resource as kubectl names it; undefined for what is no resource of the API. */
  readonly resource: string | undefined;
  /** Of its objects; the items of a list don't say it. */
  readonly kind: string | undefined;
  readonly apiGroup: string;
  /** `scope`: the namespace of the look; null: all namespaces, or a kind without namespaces. */
  readonly namespace: 'scope' | 'ingress-nginx' | null;
}

const core = { apiGroup: '' };
const networking = { apiGroup: 'networking.k8s.io' };
const discovery = { apiGroup: 'discovery.k8s.io', resource: 'endpointslices', kind: 'EndpointSlice' };
const noResource = { apiGroup: '', resource: undefined, kind: undefined, namespace: null };

const places: Readonly<Record<Topic, TopicPlace>> = {
  serverVersion: noResource,
  apiGroups: noResource,
  accessReviews: {
    apiGroup: 'authorization.k8s.io',
    resource: 'selfsubjectaccessreviews',
    kind: 'SelfSubjectAccessReview',
    namespace: null,
  },
  skyConfig: noResource,
  pods: { ...core, resource: 'pods', kind: 'Pod', namespace: 'scope' },
  deployments: { apiGroup: 'apps', resource: 'deployments', kind: 'Deployment', namespace: 'scope' },
  services: { ...core, resource: 'services', kind: 'Service', namespace: 'scope' },
  endpointSlices: { ...discovery, namespace: 'scope' },
  ingresses: { ...networking, resource: 'ingresses', kind: 'Ingress', namespace: 'scope' },
  ingressClasses: { ...networking, resource: 'ingressclasses', kind: 'IngressClass', namespace: null },
  controllerServices: { ...core, resource: 'services', kind: 'Service', namespace: null },
  ingressNginxServices: { ...core, resource: 'services', kind: 'Service', namespace: 'ingress-nginx' },
  namedControllerServices: { ...core, resource: 'services', kind: 'Service', namespace: null },
  controllerPods: { ...core, resource: 'pods', kind: 'Pod', namespace: null },
  controllerSlices: { ...discovery, namespace: null },
  addressPools: { apiGroup: 'metallb.io', resource: 'ipaddresspools', kind: 'IPAddressPool', namespace: null },
  l2Advertisements: { apiGroup: 'metallb.io', resource: 'l2advertisements', kind: 'L2Advertisement', namespace: null },
  bgpAdvertisements: {
    apiGroup: 'metallb.io',
    resource: 'bgpadvertisements',
    kind: 'BGPAdvertisement',
    namespace: null,
  },
  ciliumPools: {
    apiGroup: 'cilium.io',
    resource: 'ciliumloadbalancerippools',
    kind: 'CiliumLoadBalancerIPPool',
    namespace: null,
  },
  serviceLbPods: { ...core, resource: 'pods', kind: 'Pod', namespace: null },
  loadBalancerPods: { ...core, resource: 'pods', kind: 'Pod', namespace: null },
  webhooks: {
    apiGroup: 'admissionregistration.k8s.io',
    resource: 'validatingwebhookconfigurations',
    kind: 'ValidatingWebhookConfiguration',
    namespace: null,
  },
  networkPolicies: { ...networking, resource: 'networkpolicies', kind: 'NetworkPolicy', namespace: 'scope' },
  nodes: { ...core, resource: 'nodes', kind: 'Node', namespace: null },
  events: { ...core, resource: 'events', kind: 'Event', namespace: 'scope' },
  probes: noResource,
  podProbes: noResource,
};

/** Where a topic is looked for. */
export function placeOf(topic: Topic): TopicPlace {
  return places[topic];
}
