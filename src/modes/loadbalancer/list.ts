import type { Service } from 'kubernetes-types/core/v1';
import { backendsOf } from '../../exposure/backends.ts';
import { composeEndpoint } from '../../exposure/compose-endpoint.ts';
import type { Endpoint } from '../../exposure/endpoint.ts';
import { externalAddressesOf, waitsForAddress } from '../../exposure/external-addresses.ts';
import { publishedHostOf } from '../../exposure/published-host.ts';
import { schemeOf } from '../../exposure/url.ts';
import { type View, viewOf } from '../../exposure/view.ts';
import { printedForForeign, printedForOwnLoadBalancer } from '../../exposure/what-skypilot-prints.ts';
import { complaintOf, readingOf } from '../../platforms/readings.ts';
import { lastWarningAbout } from '../../snapshot/last-warning.ts';
import { referenceTo } from '../../snapshot/object-reference.ts';
import { collectionPath } from '../../snapshot/resource-paths.ts';
import type { Snapshot } from '../../snapshot/snapshot.ts';
import type { TopicRequests } from '../../snapshot/topic-request.ts';
import { itemsOf } from '../../snapshot/topics.ts';
import { inClusterHostOf, missingPods, ownerOfService, servicePortsOfType } from '../service-ports.ts';

/** Rows of every Service of type LoadBalancer in front of a SkyPilot cluster. */
export function loadBalancerEndpoints(view: View): Endpoint[] {
  return servicePortsOfType(view, 'LoadBalancer').map(({ service, port, skyCluster }) => {
    const managedBy = ownerOfService(service);
    const addresses = externalAddressesOf(service).map(({ address }) => address);
    const publishedHost = publishedHostOf(service);
    const implementation = service.spec?.loadBalancerClass
      ? ` (loadBalancerClass ${service.spec.loadBalancerClass})`
      : '';
    return composeEndpoint({
      skyCluster,
      mode: 'loadbalancer',
      port: port.port,
      targetPort: port.targetPort ?? port.port,
      protocol: port.protocol ?? 'TCP',
      scheme: schemeOf(port),
      host: publishedHost,
      publishedHost,
      addresses,
      addressPort: port.port,
      broken: missingPods(view, skyCluster),
      pending: `no load balancer has given Service ${service.metadata?.name} an address${implementation}${addresses.length === 0 ? whyPending(view, service) : ''}`,
      backends: backendsOf(view, service, port),
      inClusterHost: inClusterHostOf(service),
      managedBy,
      skyPilot:
        managedBy === 'skypilot'
          ? printedForOwnLoadBalancer(view, skyCluster, service, port.port)
          : printedForForeign(managedBy),
      source: [referenceTo('Service', service)],
      object: service,
    });
  });
}

/** In short form: what the last warning event or a condition means, else the event's own words. */
function whyPending({ snapshot: { topics } }: View, service: Service): string {
  const complaint = complaintOf(service);
  const warning = lastWarningAbout(topics.events, 'Service', service);
  const said = [complaint, warning].flatMap((each) =>
    each ? [{ reason: each.reason ?? '', message: each.message ?? '' }] : [],
  );
  const [read] = said.flatMap(({ reason, message }) => readingOf(reason, message) ?? []);
  if (read) return `: ${read.cause}`;
  const [first] = said.map(({ reason, message }) => `: ${reason}: ${message.split('\n', 1)[0]!.slice(0, 120)}`);
  return first ?? '';
}

/** Warnings about Services, if a load balancer waits for its address: they say why. */
export function eventsIfPending(snapshot: Snapshot): TopicRequests {
  const waiting = itemsOf(snapshot.topics.services).filter(waitsForAddress);
  if (waiting.length === 0) return {};
  const view = viewOf(snapshot);
  if (!waiting.some((service) => view.skyClustersOf(service).length > 0)) return {};
  const path = collectionPath('Event', snapshot.namespace);
  return { events: { path, fieldSelector: 'involvedObject.kind=Service,type=Warning' } };
}
