/** Where the API server keeps each kind this plugin reads or writes, and kubectl's name for it. */
const resources = {
  Pod: { base: '/api/v1', plural: 'pods' },
  Service: { base: '/api/v1', plural: 'services' },
  Node: { base: '/api/v1', plural: 'nodes' },
  Namespace: { base: '/api/v1', plural: 'namespaces' },
  IPAddressPool: { base: '/apis/metallb.io/v1beta1', plural: 'ipaddresspools' },
  L2Advertisement: { base: '/apis/metallb.io/v1beta1', plural: 'l2advertisements' },
  BGPAdvertisement: { base: '/apis/metallb.io/v1beta1', plural: 'bgpadvertisements' },
  CiliumLoadBalancerIPPool: { base: '/apis/cilium.io/v2', plural: 'ciliumloadbalancerippools' },
  ConfigMap: { base: '/api/v1', plural: 'configmaps' },
  Deployment: { base: '/apis/apps/v1', plural: 'deployments' },
  Ingress: { base: '/apis/networking.k8s.io/v1', plural: 'ingresses' },
  IngressClass: { base: '/apis/networking.k8s.io/v1', plural: 'ingressclasses' },
  NetworkPolicy: { base: '/apis/networking.k8s.io/v1', plural: 'networkpolicies' },
  Event: { base: '/api/v1', plural: 'events' },
  ValidatingWebhookConfiguration: {
    base: '/apis/admissionregistration.k8s.io/v1',
    plural: 'validatingwebhookconfigurations',
  },
  EndpointSlice: { base: '/apis/discovery.k8s.io/v1', plural: 'endpointslices' },
} as const;

export type ResourceKind = keyof typeof resources;

/** The collection of a kind: of one namespace, or of all with null (and for kinds without namespaces). */
export function collectionPath(kind: ResourceKind, namespace: string | null): string {
  const { base, plural } = resources[kind];
  return namespace === null ? `${base}/${plural}` : `${base}/namespaces/${namespace}/${plural}`;
}

/** One object; its namespace is '' for kinds without namespaces. */
export function objectPath(kind: ResourceKind, namespace: string, name: string): string {
  return `${collectionPath(kind, namespace || null)}/${name}`;
}
