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

/** An object of a kind that this plugin knows. */
export interface ResourceAt {
  readonly kind: ResourceKind;
  /** Undefined for kinds without namespaces. */
  readonly namespace: string | undefined;
  readonly name: string;
}

const kindByCollection: ReadonlyMap<string, ResourceKind> = new Map(
  Object.entries(resources).map(([kind, { base, plural }]) => [`${base}/${plural}`, kind as ResourceKind]),
);

/** Which object the path of a request is about, or of whose subresource; undefined for collections and for other kinds. */
export function resourceAt(path: string): ResourceAt | undefined {
  const [, base, namespace, plural, name] =
    /^(\/api\/v1|\/apis\/[^/]+\/[^/]+)(?:\/namespaces\/([^/]+)(?=\/))?\/([^/?]+)\/([^/?]+)/.exec(path) ?? [];
  const kind = kindByCollection.get(`${base}/${plural}`);
  return kind && name !== undefined ? { kind, namespace, name } : undefined;
}

/** Of which kind the list is that the path of a request asks for; undefined for other kinds. */
export function collectionAt(path: string): ResourceKind | undefined {
  const [, base, plural] =
    /^(\/api\/v1|\/apis\/[^/]+\/[^/]+)(?:\/namespaces\/[^/?]+(?=\/))?\/([^/?]+)(?:\?|$)/.exec(path) ?? [];
  return kindByCollection.get(`${base}/${plural}`);
}

/** The namespace that a list of the API is asked of; undefined for all, and for kinds without namespaces. */
export function namespaceOfCollection(path: string): string | undefined {
  return /^\/apis?\/.*\/namespaces\/([^/?]+)\/[^/?]+(?:\?|$)/.exec(path)?.[1];
}

/** kubectl's name of a kind's resource, as a Status has it in `details.kind`. */
export function pluralOf(kind: ResourceKind): string {
  return resources[kind].plural;
}

/** Whether a namespace can be called so: a DNS label (RFC 1123; apimachinery, validation.IsDNS1123Label). */
export function isNamespaceName(text: string): boolean {
  return text.length <= 63 && /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/.test(text);
}
