/**
 * The names and labels of the Kubernetes objects that SkyPilot creates, since SkyPilot 0.6. In these names, C stands
 * for the name on the cloud, and P for a port.
 *
 * Sources: sky/provision/kubernetes/network.py, sky/templates/kubernetes-*.yml.j2, sky/provision/constants.py.
 */

/** The label on every Pod of a SkyPilot cluster. Its value is the name on the cloud. */
export const clusterNameLabel = 'skypilot-cluster-name';

/**
 * The annotation with the display name, as the user typed it. Pods have it since SkyPilot 0.11.2. The annotation has
 * the same key as the label.
 */
export const displayNameAnnotation = 'skypilot-cluster-name';

/**
 * The label on every Pod of a SkyPilot cluster with the user who launched it. SkyPilot replaces the characters that are
 * not allowed in a label (sky/templates/kubernetes-ray.yml.j2).
 */
export const userLabel = 'skypilot-user';

/** The annotation on the Pods of a managed job (sky/jobs). */
export const managedJobAnnotation = 'skypilot-managed-job-id';

/**
 * The annotation of the ingress controller's Service that SkyPilot reads (sky/provision/kubernetes/network_utils.py).
 */
export const externalIpAnnotation = 'skypilot.co/external-ip';

/** The only Service from which SkyPilot reads the ingress controller's address. */
export const controllerService = { namespace: 'ingress-nginx', name: 'ingress-nginx-controller' } as const;

/** The only context in which SkyPilot always uses ingress mode, whatever is configured. */
export const kindContext = 'kind-skypilot';

/** `C--skypilot-lb`: one LoadBalancer Service for all ports. */
export const loadBalancerName = (nameOnCloud: string): string => `${nameOnCloud}--skypilot-lb`;

/** `C-skypilot-ingress`: one Ingress for all ports. */
export const ingressName = (nameOnCloud: string): string => `${nameOnCloud}-skypilot-ingress`;

/** The path of a port in SkyPilot's Ingress, since 0.6. SkyPilot prints this path since 0.13 (network_utils.py). */
export const ingressPath = (namespace: string, nameOnCloud: string, port: number): string =>
  `/skypilot/${namespace}/${nameOnCloud}/${port}`;

/** What the name of an object shows, if SkyPilot created this object to open ports. */
export type SkyPilotPortObject =
  | { readonly role: 'load-balancer'; readonly nameOnCloud: string }
  | { readonly role: 'port-service'; readonly nameOnCloud: string; readonly port: number }
  | { readonly role: 'ingress'; readonly nameOnCloud: string }
  | { readonly role: 'serve-ingress'; readonly nameOnCloud: string };

/** Parses the name of a Service: `C--skypilot-lb` or `C--skypilot-svc--P`; undefined for any other name. */
export function parseServiceName(name: string): SkyPilotPortObject | undefined {
  if (name.endsWith('--skypilot-lb')) return { role: 'load-balancer', nameOnCloud: name.slice(0, -13) };
  const match = /^(.+)--skypilot-svc--(\d+)$/.exec(name);
  return match ? { role: 'port-service', nameOnCloud: match[1]!, port: Number(match[2]) } : undefined;
}

/**
 * Parses the name of an Ingress: `C-skypilot-ingress`, or SkyServe's `C-skypilot-serve-ingress`; undefined for any
 * other name.
 */
export function parseIngressName(name: string): SkyPilotPortObject | undefined {
  if (name.endsWith('-skypilot-serve-ingress')) return { role: 'serve-ingress', nameOnCloud: name.slice(0, -23) };
  if (name.endsWith('-skypilot-ingress')) return { role: 'ingress', nameOnCloud: name.slice(0, -17) };
  return undefined;
}

/**
 * Whether a Service has a name that every SkyPilot cluster uses: `C-head`, `C-head-ssh` or `C-worker<i>`. Such a
 * Service does not open the user's ports.
 */
export function isInternalServiceName(name: string, nameOnCloud: string): boolean {
  if (!name.startsWith(nameOnCloud)) return false;
  return /^-(head|head-ssh|worker\d+)$/.test(name.slice(nameOnCloud.length));
}
