import type { Service } from 'kubernetes-types/core/v1';
import type { IngressClass } from 'kubernetes-types/networking/v1';
import { controllerService } from '../../skypilot/names.ts';
import { keyOf } from '../../snapshot/object-reference.ts';
import { fieldManager, isOurs, managedByLabel } from '../ownership.ts';

/**
 * A signpost is a Service that this plugin creates (`annotate --signpost`). It has the name with which SkyPilot looks
 * for its ingress controller. It has no backends. It only has the address of the real controller, which runs elsewhere.
 */

/**
 * The `loadBalancerClass` of a signpost. No load balancer controller serves this class, so the address of the signpost
 * stays.
 */
export const signpostClass = 'skyports/signpost';

/** The annotation that marks an object as a signpost. */
export const signpostAnnotation = 'skyports/signpost';

/** The IngressClass that SkyPilot writes into its Ingresses (sky/templates/kubernetes-ingress.yml.j2). */
export const skyPilotIngressClass = 'nginx';

/** Whether a Service is a signpost. A signpost is not the Service of an ingress controller. */
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
 * The Service of a signpost, without its status. The status contains the address, and Kubernetes accepts it only in a
 * separate request. Without backends, kube-proxy on every node would refuse connections to the address. The label
 * `service-proxy-name` prevents this (KEP-2447). No caller uses nodePorts, so the Service has none.
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
