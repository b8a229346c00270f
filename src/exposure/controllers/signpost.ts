import type { Service } from 'kubernetes-types/core/v1';
import type { IngressClass } from 'kubernetes-types/networking/v1';
import { controllerService } from '../../skypilot/names.ts';
import { keyOf } from '../../snapshot/object-reference.ts';
import { fieldManager, isOurs, managedByLabel } from '../ownership.ts';

/**
 * A signpost is a Service that this plugin creates where SkyPilot looks for its ingress controller (`annotate --signpost`).
 * It has no backends. It only has the address of the real controller, which runs in another place.
 */

/**
 * The `loadBalancerClass` of a signpost. No load balancer controller serves this class, so none gives the signpost another
 * address.
 */
export const signpostClass = 'skyports/signpost';

/** The annotation that marks an object as a signpost. */
export const signpostAnnotation = 'skyports/signpost';

/** The IngressClass that SkyPilot writes into its Ingresses (sky/templates/kubernetes-ingress.yml.j2). */
export const skyPilotIngressClass = 'nginx';

/** Whether a Service is a signpost, and so not the Service of an ingress controller. */
export function isSignpost(service: Service): boolean {
  return (
    keyOf(service) === `${controllerService.namespace}/${controllerService.name}` &&
    isOurs(service.metadata) &&
    service.spec?.loadBalancerClass === signpostClass
  );
}

/** Whether an IngressClass was created together with a signpost. */
export function isSignpostClass(ingressClass: IngressClass): boolean {
  const { metadata } = ingressClass;
  return isOurs(metadata) && metadata?.annotations?.[signpostAnnotation] !== undefined;
}

/** The address of a signpost; undefined if it has none yet. */
export function signpostAddressOf({ status }: Service): string | undefined {
  const [first] = status?.loadBalancer?.ingress ?? [];
  return first?.ip || first?.hostname || undefined;
}

/**
 * The Service of a signpost, without its status. Kubernetes accepts the status, which contains the address, only in a
 * separate request. The Service has no backends, so kube-proxy on every node would refuse connections to the address.
 * The label `service-proxy-name` prevents this (KEP-2447). The Service has no nodePorts, because no caller uses them.
 */
export function signpostService(): Service {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: {
      ...controllerService,
      labels: { [managedByLabel]: fieldManager, 'service.kubernetes.io/service-proxy-name': 'skyports-signpost' },
      annotations: {
        [signpostAnnotation]:
          "Leads nowhere: SkyPilot reads here the address of the ingress controller, whose Service is elsewhere. 'kubectl skyports annotate --remove-signpost' removes it.",
      },
    },
    spec: {
      type: 'LoadBalancer',
      loadBalancerClass: signpostClass,
      allocateLoadBalancerNodePorts: false,
      ports: [
        { name: 'http', port: 80, protocol: 'TCP', targetPort: 80 },
        { name: 'https', port: 443, protocol: 'TCP', targetPort: 443 },
      ],
    },
  };
}

/** The status of a signpost. kube-proxy ignores an address with ipMode Proxy (KEP-1860). */
export function signpostStatus(address: string): { readonly loadBalancer: { readonly ingress: readonly object[] } } {
  const entry = /^[\d.]+$/.test(address) ? { ip: address, ipMode: 'Proxy' } : { hostname: address.toLowerCase() };
  return { loadBalancer: { ingress: [entry] } };
}

/** The IngressClass `nginx`, with the same controller as an existing class. */
export function signpostIngressClass(real: IngressClass): IngressClass {
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'IngressClass',
    metadata: {
      name: skyPilotIngressClass,
      labels: { [managedByLabel]: fieldManager },
      annotations: {
        [signpostAnnotation]: `The same controller as IngressClass ${real.metadata?.name}, under the name that SkyPilot writes into its Ingresses.`,
      },
    },
    spec: { ...real.spec },
  };
}
