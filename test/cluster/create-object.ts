import { admin, type Json } from './admin-request.ts';

/** An object to create. `status`, where it has one, is written by a second request, as Kubernetes wants it. */
export interface NewObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name?: string; readonly namespace?: string; readonly [field: string]: unknown };
  readonly status?: object;
  readonly [field: string]: unknown;
}

const plurals: Readonly<Record<string, string>> = {
  ClusterRole: 'clusterroles',
  ClusterRoleBinding: 'clusterrolebindings',
  ConfigMap: 'configmaps',
  Deployment: 'deployments',
  EndpointSlice: 'endpointslices',
  Event: 'events',
  Ingress: 'ingresses',
  IngressClass: 'ingressclasses',
  Namespace: 'namespaces',
  Node: 'nodes',
  Pod: 'pods',
  Role: 'roles',
  RoleBinding: 'rolebindings',
  Secret: 'secrets',
  Service: 'services',
  ServiceAccount: 'serviceaccounts',
};

/**
 * Creates an object as the admin and returns it as the server then has it.
 *
 * Facts of this cluster, which has no kubelet, no scheduler and no cloud:
 * - A Pod stays Pending until its `status` is given here.
 * - The EndpointSlice controller lists a Pod only when its `spec.nodeName` names a Node that exists
 *   and its status has `podIP` and `podIPs` (and `conditions` with Ready for `ready: true`).
 * - A Pod with a `nodeName` is deleted at once only with `?gracePeriodSeconds=0`.
 * - The server refuses `status.loadBalancer` on a Service that is not of type LoadBalancer.
 *
 * @throws with the server's message; or when `kind` is none of those known here (use `admin` then)
 */
export async function create(object: NewObject): Promise<Json> {
  const { status, ...rest } = object;
  const collection = collectionPath(object);
  const created = await admin('POST', collection, rest);
  if (status === undefined) return created;
  return admin('PATCH', `${collection}/${created.metadata.name}/status`, { status });
}

function collectionPath({ apiVersion, kind, metadata }: NewObject): string {
  const plural = plurals[kind];
  if (plural === undefined) throw new Error(`create() does not know the kind ${kind}: use admin('POST', PATH, OBJECT)`);
  const group = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  return metadata.namespace === undefined
    ? `${group}/${plural}`
    : `${group}/namespaces/${metadata.namespace}/${plural}`;
}
