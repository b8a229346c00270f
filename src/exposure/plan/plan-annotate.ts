import type { Service } from 'kubernetes-types/core/v1';
import { controllerService, externalIpAnnotation } from '../../skypilot/names.ts';
import { keyOf } from '../../snapshot/object-reference.ts';
import { isSignpost, signpostAddressOf } from '../signpost.ts';

/** The annotation's value on a Service; undefined without one. */
export function annotatedAddressOf(service: Service): string | undefined {
  return service.metadata?.annotations?.[externalIpAnnotation];
}

/** Whether SkyPilot ever reads this Service: it knows one name only. */
export function isReadBySkyPilot(service: Service): boolean {
  return keyOf(service) === `${controllerService.namespace}/${controllerService.name}`;
}

/** Why the annotation changes nothing of what SkyPilot prints, and what does. */
export interface AnnotationTrouble {
  readonly fact: string;
  readonly cure: string;
}

/**
 * What keeps SkyPilot from using the annotation of this Service, in the order in which it looks
 * (sky/provision/kubernetes/network_utils.py, get_ingress_external_ip_and_ports); undefined when it uses it.
 */
export function troubleOfAnnotation(service: Service): AnnotationTrouble | undefined {
  const key = keyOf(service);
  const [namespace, name] = key.split('/');
  const describe = `kubectl get service ${name} -n ${namespace} -o yaml`;
  if (isSignpost(service)) {
    return {
      fact: `Service ${key} is a signpost with the address ${signpostAddressOf(service)}, which SkyPilot prints; it ignores the annotation`,
      cure: 'kubectl skyports annotate --signpost ADDRESS   changes its address',
    };
  }
  const entries = service.status?.loadBalancer?.ingress;
  if (entries) {
    const address = entries[0]?.ip || entries[0]?.hostname || 'an entry without address';
    return {
      fact: `the load balancer has given Service ${key} ${address}; SkyPilot prints that and ignores the annotation`,
      cure: `${describe}   shows status.loadBalancer; --force writes the annotation all the same`,
    };
  }
  const [externalIP] = service.spec?.externalIPs ?? [];
  if (externalIP !== undefined) {
    return {
      fact: `spec.externalIPs of Service ${key} begins with ${externalIP}; SkyPilot prints that and ignores the annotation`,
      cure: `kubectl patch service ${name} -n ${namespace} --type=json -p '[{"op":"remove","path":"/spec/externalIPs"}]'   makes it count; --force writes it all the same`,
    };
  }
  const ports = service.spec?.ports ?? [];
  for (const wanted of ['http', 'https']) {
    const port = ports.find((each) => each.name === wanted);
    if (!port) {
      return {
        fact: `Service ${key} has no port named ${wanted}: SkyPilot crashes (IndexError) instead of printing a URL`,
        cure: `kubectl edit service ${name} -n ${namespace}   and name its ports http and https; --force writes the annotation all the same`,
      };
    }
    if (!port.nodePort) {
      return {
        fact: `port ${wanted} of Service ${key} (type ${service.spec?.type ?? 'ClusterIP'}) has no nodePort: SkyPilot crashes (TypeError) instead of printing a URL`,
        cure: `kubectl patch service ${name} -n ${namespace} -p '{"spec":${wantsNodePorts(service)}}'   gives it nodePorts; --force writes the annotation all the same`,
      };
    }
  }
  return undefined;
}

function wantsNodePorts({ spec }: Service): string {
  return spec?.type === 'LoadBalancer' ? '{"allocateLoadBalancerNodePorts":true}' : '{"type":"NodePort"}';
}

/** A Service with the annotation set, or taken away with null; nothing else is different. */
export function withAnnotatedAddress(service: Service, address: string | null): Service {
  const { [externalIpAnnotation]: _, ...others } = service.metadata?.annotations ?? {};
  const annotations = address === null ? others : { ...others, [externalIpAnnotation]: address };
  return { ...service, metadata: { ...service.metadata, annotations } };
}
