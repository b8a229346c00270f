/**
 * The annotation with the backends of a load balancer, and the health of each backend. GKE Ingress writes this
 * annotation.
 */
export const backendsAnnotation = 'ingress.kubernetes.io/backends';

/**
 * The backends in a value of the annotation, and their health: HEALTHY, UNHEALTHY or Unknown. Empty if the value is not a
 * JSON object of strings (kubernetes/ingress-gce, pkg/loadbalancers: GetLBAnnotations).
 */
export function backendStatesIn(value: string | undefined): [name: string, state: string][] {
  try {
    const pairs = Object.entries(JSON.parse(value ?? '{}') ?? {});
    return pairs.filter((pair): pair is [string, string] => typeof pair[1] === 'string' && /^[A-Z]+$/i.test(pair[1]));
  } catch {
    return [];
  }
}
