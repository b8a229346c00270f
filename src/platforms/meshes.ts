import type { Pod } from 'kubernetes-types/core/v1';

/** A service mesh: how its Pods are recognized, and how ports can bypass it. */
export interface Mesh {
  readonly name: 'Istio' | 'Istio ambient' | 'Linkerd' | 'Kuma' | 'Consul';
  /** A name for the proxy that receives the Pod's connections. */
  readonly proxy: string;
  /** Whether the Pod is in the mesh. */
  isIn(pod: Pod): boolean;
  /**
   * The annotation of a Pod with a list of ports. Connections to these ports bypass the proxy. Undefined if the mesh
   * has no such annotation.
   */
  readonly exclude: string | undefined;
  /** The label or annotation that excludes the whole Pod from the mesh. */
  readonly out: { readonly kind: 'label' | 'annotation'; readonly key: string; readonly value: string };
  /** The setting that allows calls without mTLS. The Pod stays in the mesh. */
  readonly admits: string;
  readonly source: string;
}

/** Whether a Pod has a sidecar with this name: a container, or an init container that keeps running (KEP-753). */
const hasContainer = (pod: Pod, name: string) =>
  [...(pod.spec?.containers ?? []), ...(pod.spec?.initContainers ?? [])].some((each) => each.name === name);

/** The meshes that are recognized. */
export const meshes: readonly Mesh[] = [
  {
    name: 'Istio',
    proxy: 'the sidecar istio-proxy',
    isIn: (pod) => hasContainer(pod, 'istio-proxy'),
    exclude: 'traffic.sidecar.istio.io/excludeInboundPorts',
    out: { kind: 'label', key: 'sidecar.istio.io/inject', value: 'false' },
    admits: 'a PeerAuthentication that selects the Pod, with mode PERMISSIVE for the port in portLevelMtls',
    source:
      'https://istio.io/latest/docs/reference/config/security/peer_authentication/, https://istio.io/latest/docs/reference/config/annotations/',
  },
  {
    name: 'Istio ambient',
    proxy: "the node's ztunnel of Istio's ambient mode",
    isIn: ({ metadata }) =>
      metadata?.labels?.['istio.io/dataplane-mode'] === 'ambient' ||
      metadata?.annotations?.['ambient.istio.io/redirection'] === 'enabled',
    exclude: undefined,
    out: { kind: 'label', key: 'istio.io/dataplane-mode', value: 'none' },
    admits: 'a PeerAuthentication that selects the Pod, with mode PERMISSIVE for the port in portLevelMtls',
    source: 'https://istio.io/latest/docs/ambient/usage/add-workloads/; istio cni/pkg/util/podutil.go',
  },
  {
    name: 'Linkerd',
    proxy: 'the sidecar linkerd-proxy',
    isIn: (pod) => hasContainer(pod, 'linkerd-proxy'),
    exclude: 'config.linkerd.io/skip-inbound-ports',
    out: { kind: 'annotation', key: 'linkerd.io/inject', value: 'disabled' },
    admits: 'the annotation config.linkerd.io/default-inbound-policy: all-unauthenticated of the Pod',
    source: 'https://linkerd.io/2/reference/proxy-configuration/, https://linkerd.io/2/reference/authorization-policy/',
  },
  {
    name: 'Kuma',
    proxy: 'the sidecar kuma-sidecar',
    isIn: (pod) => hasContainer(pod, 'kuma-sidecar'),
    exclude: 'traffic.kuma.io/exclude-inbound-ports',
    out: { kind: 'label', key: 'kuma.io/sidecar-injection', value: 'disabled' },
    admits: 'a MeshTLS with mode Permissive',
    source: 'https://kuma.io/docs/latest/reference/kubernetes-annotations/',
  },
  {
    name: 'Consul',
    proxy: 'the sidecar consul-dataplane',
    isIn: (pod) => hasContainer(pod, 'consul-dataplane'),
    exclude: 'consul.hashicorp.com/transparent-proxy-exclude-inbound-ports',
    out: { kind: 'annotation', key: 'consul.hashicorp.com/connect-inject', value: 'false' },
    admits: 'meshConfig allowEnablingPermissiveMutualTLS with mutualTLSMode permissive',
    source: 'https://developer.hashicorp.com/consul/docs/k8s/annotations-and-labels',
  },
];

/** The mesh that a Pod is in; undefined if the Pod is in no known mesh. */
export function meshOf(pod: Pod): Mesh | undefined {
  return meshes.find((each) => each.isIn(pod));
}

/** Whether a Pod is in Istio's mesh. PeerAuthentications then apply to the Pod. */
export function isInIstio(pod: Pod): boolean {
  return meshOf(pod)?.name.startsWith('Istio') ?? false;
}

/** Istio's annotation with a list of ports. The sidecar intercepts only these ports. */
const istioInclude = 'traffic.sidecar.istio.io/includeInboundPorts';

/**
 * Whether the annotations of a Pod exclude a port from the mesh. The values of these annotations are lists of ports and
 * port ranges.
 */
export function bypassesMesh({ metadata }: Pod, { name, exclude }: Mesh, port: number): boolean {
  const annotations = metadata?.annotations ?? {};
  if (exclude !== undefined && takesPort(annotations[exclude], port)) return true;
  const included = name === 'Istio' ? annotations[istioInclude] : undefined;
  return included !== undefined && included.trim() !== '*' && !takesPort(included, port);
}

function takesPort(list: string | undefined, port: number): boolean {
  return (list ?? '').split(',').some((each) => {
    const [, from, to = from] = /^\s*(\d+)(?:-(\d+))?\s*$/.exec(each) ?? [];
    return from !== undefined && Number(from) <= port && port <= Number(to);
  });
}
