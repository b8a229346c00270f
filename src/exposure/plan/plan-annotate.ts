import type { Service } from 'kubernetes-types/core/v1';
import { type CommandPart, type Cure, command, cure, part } from '../../errors/cure.ts';
import { controllerService, externalIpAnnotation } from '../../skypilot/names.ts';
import { keyOf } from '../../snapshot/object-reference.ts';
import { isSignpost, signpostAddressOf } from '../controllers/signpost.ts';

/** The value of SkyPilot's address annotation on a Service; undefined if the annotation is not set. */
export function annotatedAddressOf(service: Service): string | undefined {
  return service.metadata?.annotations?.[externalIpAnnotation];
}

/** Whether SkyPilot reads this Service. SkyPilot reads one Service, by its fixed name. */
export function isReadBySkyPilot(service: Service): boolean {
  return keyOf(service) === `${controllerService.namespace}/${controllerService.name}`;
}

/** Why the annotation does not change the address that SkyPilot prints, and how to change it. */
export interface AnnotationTrouble {
  readonly code: 'annotation-ignored' | 'controller-service-unusable';
  readonly fact: string;
  readonly cures: readonly Cure[];
}

/**
 * Why SkyPilot does not use the annotation of this Service; undefined if it does. The reasons are in the order of
 * SkyPilot's code (sky/provision/kubernetes/network_utils.py, get_ingress_external_ip_and_ports).
 */
export function troubleOfAnnotation(service: Service): AnnotationTrouble | undefined {
  return whyIgnored(service) ?? whyItCrashes(service);
}

function whyIgnored(service: Service): AnnotationTrouble | undefined {
  const key = keyOf(service);
  const code = 'annotation-ignored';
  const place = placeOf(service);
  if (isSignpost(service)) {
    const fact = `Service ${key} is a signpost with the address ${signpostAddressOf(service)}, which SkyPilot prints; it ignores the annotation`;
    const change = command`kubectl skyports annotate --signpost ADDRESS`;
    return { code, fact, cures: [cure(change, 'changes the address of the signpost to ADDRESS')] };
  }
  const entries = service.status?.loadBalancer?.ingress;
  if (entries) {
    const address = entries[0]?.ip || entries[0]?.hostname || 'an entry without address';
    const fact = `the load balancer has given Service ${key} ${address}; SkyPilot prints that and ignores the annotation`;
    return { code, fact, cures: [cure(command`kubectl get service ${place} -o yaml`, 'shows status.loadBalancer')] };
  }
  const [externalIP] = service.spec?.externalIPs ?? [];
  if (externalIP === undefined) return undefined;
  const fact = `spec.externalIPs of Service ${key} begins with ${externalIP}; SkyPilot prints that and ignores the annotation`;
  const note = 'opens an editor; without spec.externalIPs SkyPilot uses the annotation';
  return { code, fact, cures: [cure(command`kubectl edit service ${place}`, note)] };
}

function whyItCrashes(service: Service): AnnotationTrouble | undefined {
  const key = keyOf(service);
  const code = 'controller-service-unusable';
  const place = placeOf(service);
  const ports = service.spec?.ports ?? [];
  for (const wanted of ['http', 'https']) {
    const port = ports.find((each) => each.name === wanted);
    if (!port) {
      const fact = `Service ${key} has no port named ${wanted}: SkyPilot crashes (IndexError) instead of printing a URL`;
      const note = 'opens an editor; name its ports http and https there';
      return { code, fact, cures: [cure(command`kubectl edit service ${place}`, note)] };
    }
    if (!port.nodePort) {
      const type = service.spec?.type ?? 'ClusterIP';
      const fact = `port ${wanted} of Service ${key} (type ${type}) has no nodePort: SkyPilot crashes (TypeError) instead of printing a URL`;
      const patch = command`kubectl patch service ${place} -p ${`{"spec":${wantsNodePorts(service)}}`}`;
      return { code, fact, cures: [cure(patch, 'gives it nodePorts')] };
    }
  }
  return undefined;
}

/** The name and the namespace of a Service, as arguments of kubectl. */
function placeOf({ metadata }: Service): CommandPart {
  return part`${metadata?.name ?? ''} -n ${metadata?.namespace ?? ''}`;
}

function wantsNodePorts({ spec }: Service): string {
  return spec?.type === 'LoadBalancer' ? '{"allocateLoadBalancerNodePorts":true}' : '{"type":"NodePort"}';
}

/** A copy of the Service with the annotation; a null address removes the annotation. */
export function withAnnotatedAddress(service: Service, address: string | null): Service {
  const { [externalIpAnnotation]: _, ...others } = service.metadata?.annotations ?? {};
  const annotations = address === null ? others : { ...others, [externalIpAnnotation]: address };
  return { ...service, metadata: { ...service.metadata, annotations } };
}
