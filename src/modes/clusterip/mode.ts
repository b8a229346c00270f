import { backendsOf } from '../../exposure/backends.ts';
import { composeEndpoint } from '../../exposure/compose-endpoint.ts';
import { printedForForeign } from '../../exposure/difference.ts';
import type { Endpoint } from '../../exposure/endpoint.ts';
import type { SnapshotIndex } from '../../exposure/snapshot-index.ts';
import { schemeOf } from '../../exposure/url.ts';
import { referenceTo } from '../../snapshot/object-reference.ts';
import { itemsOf } from '../../snapshot/topics.ts';
import { backendsOfIngress } from '../ingress/paths.ts';
import type { PortMode } from '../port-mode.ts';
import { inClusterHostOf, ownerOfService, servicePortsOfType } from '../service-ports.ts';

/**
 * The rows of ClusterIP Services that belong to other owners and select SkyPilot Pods. If a Service is behind an
 * Ingress, it has no row here, because the Ingress has one.
 */
function clusterIpEndpoints(view: SnapshotIndex): Endpoint[] {
  const behindIngress = new Set<string>();
  for (const ingress of itemsOf(view.snapshot.topics.ingresses)) {
    for (const { serviceName } of backendsOfIngress(ingress)) {
      behindIngress.add(`${ingress.metadata?.namespace}/${serviceName}`);
    }
  }
  return servicePortsOfType(view, 'ClusterIP').flatMap(({ service, port, skyCluster }) => {
    const isBackend = behindIngress.has(`${service.metadata?.namespace}/${service.metadata?.name}`);
    if (ownerOfService(service) !== 'other' || isBackend) return [];
    const { clusterIP, clusterIPs = [], externalIPs = [] } = service.spec ?? {};
    const headless = clusterIP === 'None';
    const inside = headless ? [inClusterHostOf(service)] : clusterIPs.length > 0 ? clusterIPs : [clusterIP ?? ''];
    const addresses = [...externalIPs, ...inside].filter((address) => address !== '');
    return composeEndpoint({
      skyCluster,
      mode: 'clusterip',
      port: port.port,
      targetPort: port.targetPort ?? port.port,
      protocol: port.protocol ?? 'TCP',
      scheme: schemeOf(port),
      addresses,
      // The name of a headless Service resolves to its Pods, so callers use the port of the Pod.
      addressPort: headless && typeof port.targetPort === 'number' ? port.targetPort : port.port,
      pending: `Service ${service.metadata?.name} has no cluster IP yet`,
      backends: backendsOf(view, service, port),
      ...(externalIPs.length > 0 ? {} : { scope: 'cluster' }),
      asked: [],
      inClusterHost: inClusterHostOf(service),
      leadsToPods: true,
      managedBy: 'other',
      skyPilot: printedForForeign('other'),
      source: [referenceTo('Service', service)],
      object: service,
    });
  });
}

/** The mode of ClusterIP Services of other owners. This plugin lists these Services but never writes them. */
export const clusterip: PortMode = {
  name: 'clusterip',
  aliases: ['cluster'],
  serviceType: 'ClusterIP',
  recordsPorts: true,
  calledFrom: 'kubernetes-cluster',
  answeredBy: 'app',
  hops: ['address', 'service', 'endpoint-slice', 'pod', 'app'],
  firewallAdvice: undefined,
  list: clusterIpEndpoints,
};
