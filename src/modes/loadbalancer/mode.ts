import type { Service } from 'kubernetes-types/core/v1';
import { UsageError } from '../../errors/usage-error.ts';
import { askedByLoadBalancer, tailnetScopeOf } from '../../exposure/asked-on-path.ts';
import { backendsOf } from '../../exposure/backends.ts';
import { closingTimeOf } from '../../exposure/closing-time.ts';
import { composeEndpoint } from '../../exposure/compose-endpoint.ts';
import { printedForForeign, printedForOwnLoadBalancer } from '../../exposure/difference.ts';
import type { Endpoint } from '../../exposure/endpoint.ts';
import { externalAddressesOf, publishedHostOf, waitsForAddress } from '../../exposure/external-addresses.ts';
import { ownLoadBalancerName } from '../../exposure/ownership.ts';
import type { ExposeRequest } from '../../exposure/plan/expose-request.ts';
import { replaceLoadBalancer } from '../../exposure/plan/unexpose-command.ts';
import { indexSnapshot, type SnapshotIndex } from '../../exposure/snapshot-index.ts';
import { schemeOf } from '../../exposure/url.ts';
import { concernsLoadBalancer } from '../../platforms/bystanders.ts';
import { detectPlatforms } from '../../platforms/detect.ts';
import { explainEvent, failureConditionOf, failuresFirst } from '../../platforms/event-explanations.ts';
import { speakersAbout } from '../../platforms/implementation.ts';
import { warningsAbout } from '../../snapshot/last-warning.ts';
import { referenceTo } from '../../snapshot/object-reference.ts';
import { collectionPath } from '../../snapshot/resource-paths.ts';
import type { Snapshot, TopicRequests } from '../../snapshot/snapshot.ts';
import { itemsOf } from '../../snapshot/topics.ts';
import { withForward, withOwnKey, withPassword } from '../other-limits.ts';
import { closeService, planOwnService } from '../own-service.ts';
import type { Possible, WrittenPortMode } from '../port-mode.ts';
import { inClusterHostOf, missingPods, ownerOfService, servicePortsOfType } from '../service-ports.ts';

/** The rows of all Services of type LoadBalancer that belong to a SkyPilot cluster. */
function loadBalancerEndpoints(view: SnapshotIndex): Endpoint[] {
  return servicePortsOfType(view, 'LoadBalancer').map(({ service, port, skyCluster }) => {
    const managedBy = ownerOfService(service);
    const addresses = externalAddressesOf(service).map(({ address }) => address);
    const publishedHost = publishedHostOf(service);
    const tailnetScope = tailnetScopeOf(service);
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
      ...(tailnetScope && { scope: tailnetScope }),
      asked: askedByLoadBalancer(service),
      inClusterHost: inClusterHostOf(service),
      closesAt: closingTimeOf(service, port.port),
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

/**
 * Why the Service has no address. Two texts may say this: a failed condition of the Service, and the last warning event
 * that concerns its load balancer. Events of failures come before "not finished yet". The first text that this plugin
 * can explain counts. If it can explain neither, the result is the first text itself.
 */
function whyPending({ snapshot }: SnapshotIndex, service: Service): string {
  const { topics } = snapshot;
  const failureCondition = failureConditionOf(service);
  const [warning] = failuresFirst(warningsAbout(topics.events, 'Service', service).filter(concernsLoadBalancer));
  const said = [
    ...(failureCondition ? [{ reason: failureCondition.reason ?? '', message: failureCondition.message ?? '' }] : []),
    ...(warning ? [warning] : []),
  ];
  const speakers = speakersAbout(service, snapshot);
  const [read] = said.flatMap((each) => explainEvent(each, speakers, { service, snapshot }) ?? []);
  if (read) return `: ${read.cause}`;
  const [first] = said.map(({ reason, message }) => `: ${reason}: ${message.split('\n', 1)[0]!.slice(0, 120)}`);
  return first ?? '';
}

/**
 * The request for warning events about Services. It is sent only if a SkyPilot cluster's load balancer has no address
 * yet, because the events explain why.
 */
function eventsIfPending(snapshot: Snapshot): TopicRequests {
  const waiting = itemsOf(snapshot.topics.services).filter(waitsForAddress);
  if (waiting.length === 0) return {};
  const view = indexSnapshot(snapshot);
  if (!waiting.some((service) => view.skyClustersOf(service).length > 0)) return {};
  const path = collectionPath('Event', snapshot.namespace);
  return { events: { path, fieldSelector: 'involvedObject.kind=Service,type=Warning' } };
}

/** The mode of Services of type LoadBalancer. */
export const loadbalancer: WrittenPortMode = {
  name: 'loadbalancer',
  aliases: ['lb', 'elb', 'nlb'],
  skyPilotPorts: 'loadbalancer',
  serviceType: 'LoadBalancer',
  topics: ['services'],
  recordsPorts: true,
  calledFrom: 'anywhere',
  answeredBy: 'app',
  hops: ['address', 'load-balancer', 'service', 'endpoint-slice', 'pod', 'app'],
  firewallAdvice:
    'open the port in the firewall or security group of the load balancer and of the nodes, and look at its health check',
  flags: [
    ...['load-balancer-class', 'scheme', 'source-range', 'address-pool', 'static-ip'],
    ...['external-traffic-policy', 'no-node-ports', 'health-check', 'probe'],
  ],
  refusedFlags: {
    auth: {
      why: 'no load balancer of Kubernetes asks callers for a password',
      instead: [
        'limit who can connect: --source-range CIDR, or --scheme internal',
        withOwnKey,
        withPassword,
        'use a private network: --load-balancer-class tailscale, with the operator of Tailscale',
        withForward,
      ],
    },
  },
  mostPorts: 1000,
  needsNodes: false,
  takesLoadBalancer: true,
  note: undefined,
  limitAdvice: 'add --source-range CIDR to limit who can connect',
  list: loadBalancerEndpoints,
  further: eventsIfPending,
  possible,
  plan,
  close: (view, request) => closeService(view, request, ownLoadBalancerName(request.skyCluster.nameOnCloud)),
};

function possible(snapshot: Snapshot): Possible {
  const balanced = itemsOf(snapshot.topics.services).some(
    (service) => service.spec?.type === 'LoadBalancer' && externalAddressesOf(service).length > 0,
  );
  if (balanced) return { possible: 'yes', reason: 'another Service here has an address' };
  const giver = detectPlatforms(snapshot).loadBalancers.find(({ what }) => !what.needsClass);
  if (giver) return { possible: 'yes', reason: `${giver.what.title} gives addresses` };
  return { possible: 'cannot tell', reason: 'no load balancer here has an address yet' };
}

function plan(view: SnapshotIndex, request: ExposeRequest) {
  const { sourceRanges, loadBalancerClass, allocateNodePorts, loadBalancerIP } = request;
  return planOwnService(view, request, {
    name: ownLoadBalancerName(request.skyCluster.nameOnCloud),
    type: 'LoadBalancer',
    spec(live) {
      if (live && loadBalancerClass !== undefined) refuseOtherClass(request, live.spec?.loadBalancerClass);
      return {
        ...(sourceRanges && { loadBalancerSourceRanges: sourceRanges.length > 0 ? [...sourceRanges] : undefined }),
        ...(!live && loadBalancerClass ? { loadBalancerClass } : {}),
        ...(!live && allocateNodePorts === false ? { allocateLoadBalancerNodePorts: false } : {}),
        ...(loadBalancerIP ? { loadBalancerIP } : {}),
      };
    },
  });
}

/**
 * Refuses to change the load balancer class of an existing Service.
 *
 * @throws UsageError if the requested class differs from the existing one
 */
function refuseOtherClass({ loadBalancerClass, skyCluster }: ExposeRequest, present: string | undefined): void {
  if (loadBalancerClass === present) return;
  const name = ownLoadBalancerName(skyCluster.nameOnCloud);
  throw new UsageError(
    'immutable-load-balancer-class',
    `Service ${name} ${present ? `has loadBalancerClass ${present}` : 'was created without a loadBalancerClass'}, and Kubernetes refuses to change it`,
    replaceLoadBalancer(skyCluster),
  );
}
