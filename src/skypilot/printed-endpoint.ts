import type { Pod, Service } from 'kubernetes-types/core/v1';
import type { Observation } from '../snapshot/topics.ts';
import { controllerService, externalIpAnnotation } from './names.ts';

/** What `sky status --endpoints` prints for one port, and why. */
export interface PrintedEndpoint {
  /** The text after `port: `. Null if SkyPilot prints no endpoint, or raises an exception. */
  readonly prints: string | null;
  /** The field from which SkyPilot takes the text, or the reason why it prints no endpoint. */
  readonly reason: string;
}

const nothing = (reason: string): PrintedEndpoint => ({ prints: null, reason });
const controller = `Service ${controllerService.namespace}/${controllerService.name}`;

/**
 * What SkyPilot prints in loadbalancer mode: the first entry of the Service's `status.loadBalancer.ingress`, without a
 * scheme. It is the IP of this entry. If the entry has no IP, it is the host name. SkyPilot does not read other
 * entries, externalIPs, or the ports of the Service (sky/provision/kubernetes/network_utils.py, get_loadbalancer_ip).
 */
export function printedForLoadBalancer(service: Service, port: number): PrintedEndpoint {
  const name = service.metadata?.name;
  const entries = service.status?.loadBalancer?.ingress;
  if (!entries) return nothing(`Service ${name} has no status.loadBalancer.ingress; SkyPilot waits 60 s for it`);
  if (entries.length === 0)
    return nothing(`SkyPilot raises IndexError: status.loadBalancer.ingress of Service ${name} is an empty list`);
  const host = entries[0]!.ip || entries[0]!.hostname;
  if (!host)
    return nothing(`the first entry of status.loadBalancer.ingress of Service ${name} has neither IP nor host name`);
  return { prints: `${host}:${port}`, reason: `first entry of status.loadBalancer.ingress of Service ${name}` };
}

/**
 * What SkyPilot prints in ingress mode: always the address of Service ingress-nginx/ingress-nginx-controller. SkyPilot
 * does not read the Ingress (network_utils.py, get_ingress_external_ip_and_ports). Since 0.13, the path contains the
 * cluster's namespace.
 */
export function printedForIngress(
  services: Observation<Service>,
  subject: { readonly namespace: string; readonly nameOnCloud: string; readonly port: number | string },
): PrintedEndpoint {
  if (!services.observed) return nothing(`not known: ${controller} was not seen (${services.message})`);
  const service = services.items.find(
    ({ metadata }) => metadata?.namespace === controllerService.namespace && metadata.name === controllerService.name,
  );
  if (!service) return nothing(`${controller}, the only one that SkyPilot asks, does not exist`);
  const path = `/skypilot/${subject.namespace}/${subject.nameOnCloud}/${subject.port}`;
  const entries = service.status?.loadBalancer?.ingress;
  if (entries) {
    if (entries.length === 0)
      return nothing(`SkyPilot raises IndexError: status.loadBalancer.ingress of ${controller} is an empty list`);
    const host = entries[0]!.ip || entries[0]!.hostname;
    if (!host)
      return nothing(`the first entry of status.loadBalancer.ingress of ${controller} has neither IP nor host name`);
    return { prints: `http://${host}${path}`, reason: `first entry of status.loadBalancer.ingress of ${controller}` };
  }
  return printedWithNodePort(service, path);
}

function printedWithNodePort(service: Service, path: string): PrintedEndpoint {
  const { host, reason } = hostWithoutLoadBalancer(service);
  const ports = service.spec?.ports ?? [];
  const named = ['http', 'https'].map((name) => ports.find((port) => port.name === name));
  if (!named[0] || !named[1]) {
    const missing = named[0] ? 'https' : 'http';
    return nothing(`SkyPilot raises IndexError: no port of ${controller} is named ${missing}`);
  }
  const without = named.find((port) => !port?.nodePort);
  if (without) return nothing(`SkyPilot raises TypeError: port ${without.name} of ${controller} has no nodePort`);
  return {
    prints: `http://${host}:${named[0].nodePort}${path}`,
    reason: `${reason}, and the nodePort of its port http`,
  };
}

function hostWithoutLoadBalancer(service: Service): { host: string; reason: string } {
  const externalIP = service.spec?.externalIPs?.[0];
  if (externalIP !== undefined) return { host: externalIP, reason: `spec.externalIPs[0] of ${controller}` };
  const annotation = service.metadata?.annotations?.[externalIpAnnotation];
  if (annotation !== undefined)
    return { host: annotation, reason: `annotation ${externalIpAnnotation} of ${controller}` };
  return {
    host: 'localhost',
    reason: `${controller} has no load-balancer address, no externalIPs and no annotation ${externalIpAnnotation}`,
  };
}

/**
 * What SkyPilot prints in podip mode: the IP of the Pod `C-head`. No other head Pod counts (network.py,
 * _query_ports_for_podip).
 */
export function printedForPodIp(pods: readonly Pod[], nameOnCloud: string, port: number): PrintedEndpoint {
  const head = pods.find((pod) => pod.metadata?.name === `${nameOnCloud}-head`);
  if (!head) return nothing(`there is no Pod named ${nameOnCloud}-head`);
  const ip = head.status?.podIP;
  if (!ip) return nothing(`Pod ${nameOnCloud}-head has no IP yet`);
  return {
    prints: `${ip}:${port}`,
    reason: `IP of Pod ${nameOnCloud}-head, if ${port} is among the ports that SkyPilot recorded at launch and its mode is podip`,
  };
}
