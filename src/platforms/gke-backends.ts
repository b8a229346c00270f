/** What GKE Ingress writes into an Ingress: the backends of its load balancer, and the health of each. */
export const backendsAnnotation = 'ingress.kubernetes.io/backends';

/**
 * The backends that a value of the annotation names, and their health: HEALTHY, UNHEALTHY or Unknown. Empty if it is not a JSON
 * object of texts (kubernetes/ingress-gce, pkg/loadbalancers: GetLBAnnotations).
 */
export function backendStatesIn(value: string | undefined): [name: string, state: string][] {
  try {
    const pairs = Object.entries(JSON.parse(value ?? '{}') ?? {});
    return pairs.filter((pair): pair is [string, string] => typeof pair[1] === 'string' && /^[A-Z]+$/i.test(pair[1]));
  } catch {
    return [];
  }
}
