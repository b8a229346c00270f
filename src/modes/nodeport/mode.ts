import type { Node } from 'kubernetes-types/core/v1';
import { type Backends, backendsOf } from '../../exposure/backends.ts';
import { closingTimeOf } from '../../exposure/closing-time.ts';
import { composeEndpoint } from '../../exposure/compose-endpoint.ts';
import { printedForForeign } from '../../exposure/difference.ts';
import type { Endpoint } from '../../exposure/endpoint.ts';
import { ownNodePortName } from '../../exposure/ownership.ts';
import { indexSnapshot, type SnapshotIndex } from '../../exposure/snapshot-index.ts';
import { schemeOf } from '../../exposure/url.ts';
import { hasOnlyFargate } from '../../platforms/fargate.ts';
import { referenceTo } from '../../snapshot/object-reference.ts';
import { collectionPath } from '../../snapshot/resource-paths.ts';
import type { Snapshot, TopicRequests } from '../../snapshot/snapshot.ts';
import { itemsOf } from '../../snapshot/topics.ts';
import { withForward, withOwnKey, withPassword } from '../other-limits.ts';
import { closeService, planOwnService } from '../own-service.ts';
import type { WrittenPortMode } from '../port-mode.ts';
import {
  type ExposedServicePort,
  inClusterHostOf,
  missingPods,
  ownerOfService,
  servicePortsOfType,
} from '../service-ports.ts';

/**
 * The rows of all Services of type NodePort that belong to a SkyPilot cluster. SkyPilot itself creates no such Service.
 */
function nodePortEndpoints(view: SnapshotIndex): Endpoint[] {
  const addresses = new NodeAddresses(itemsOf(view.snapshot.topics.nodes));
  return servicePortsOfType(view, 'NodePort').map((exposed) => nodePortEndpoint(view, exposed, addresses));
}

function nodePortEndpoint(view: SnapshotIndex, exposed: ExposedServicePort, nodes: NodeAddresses): Endpoint {
  const { service, port, skyCluster } = exposed;
  const backends = backendsOf(view, service, port);
  const { nodes: topic } = view.snapshot.topics;
  const managedBy = ownerOfService(service) === 'kubectl-skyports' ? 'kubectl-skyports' : 'other';
  const onlyWithBackend = service.spec?.externalTrafficPolicy === 'Local' && backends.state === 'ready';
  return composeEndpoint({
    skyCluster,
    mode: 'nodeport',
    port: port.port,
    targetPort: port.targetPort ?? port.port,
    protocol: port.protocol ?? 'TCP',
    scheme: schemeOf(port),
    addresses: port.nodePort ? nodes.ready(onlyWithBackend ? readyNodes(backends) : undefined) : [],
    addressPort: port.nodePort ?? port.port,
    unknown: topic.observed ? undefined : `nodes were not seen (${topic.message})`,
    broken: missingPods(view, skyCluster),
    pending: port.nodePort
      ? 'no Ready node has an address'
      : `port ${port.port} of Service ${service.metadata?.name} has no nodePort`,
    backends,
    asked: [],
    inClusterHost: inClusterHostOf(service),
    closesAt: closingTimeOf(service, port.port),
    managedBy,
    skyPilot: printedForForeign(managedBy),
    source: [referenceTo('Service', service)],
    object: service,
  });
}

function readyNodes(backends: Backends): ReadonlySet<string> | undefined {
  return backends.state === 'ready' && backends.nodeNames.length > 0 ? new Set(backends.nodeNames) : undefined;
}

/**
 * The addresses of Ready nodes: first all ExternalIPs, then all InternalIPs. The list for all nodes is computed only
 * once.
 */
class NodeAddresses {
  readonly #nodes: readonly Node[];
  #all: readonly string[] | undefined;

  constructor(nodes: readonly Node[]) {
    this.#nodes = nodes;
  }

  /** The addresses of all Ready nodes, or only of the Ready nodes with these names. */
  ready(names?: ReadonlySet<string>): readonly string[] {
    if (names) return addressesOf(this.#nodes.filter((node) => names.has(node.metadata?.name ?? '')));
    this.#all ??= addressesOf(this.#nodes);
    return this.#all;
  }
}

function addressesOf(nodes: readonly Node[]): string[] {
  const ready = nodes.filter((node) =>
    node.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True'),
  );
  const ofType = (wanted: string) =>
    ready.flatMap((node) =>
      (node.status?.addresses ?? []).filter(({ type }) => type === wanted).map(({ address }) => address),
    );
  return [...ofType('ExternalIP'), ...ofType('InternalIP')];
}

/** Requests only the first page of the nodes, because a Node is large, and the API cannot shorten it. */
export const nodesRequest = { path: collectionPath('Node', null), firstPageOnly: true } as const;

/**
 * The request for nodes. A Node is large, so this is requested only if a SkyPilot cluster has a Service of type
 * NodePort.
 */
export function nodesIfNeeded(snapshot: Snapshot): TopicRequests {
  const nodePortServices = itemsOf(snapshot.topics.services).filter(({ spec }) => spec?.type === 'NodePort');
  if (nodePortServices.length === 0) return {};
  const view = indexSnapshot(snapshot);
  if (!nodePortServices.some((service) => view.skyClustersOf(service).length > 0)) return {};
  return { nodes: nodesRequest };
}

/** The mode of Services of type NodePort. Their ports are open on every node. SkyPilot does not have this mode. */
export const nodeport: WrittenPortMode = {
  name: 'nodeport',
  aliases: ['np'],
  skyPilotPorts: undefined,
  serviceType: 'NodePort',
  topics: ['services'],
  recordsPorts: true,
  calledFrom: 'anywhere',
  answeredBy: 'app',
  hops: ['address', 'service', 'endpoint-slice', 'pod', 'app'],
  firewallAdvice: 'open the nodePort in the firewall or security group of the nodes',
  flags: [],
  refusedFlags: {
    auth: {
      why: 'nothing between a caller and the app asks for a password',
      instead: [withOwnKey, withPassword, withForward],
    },
  },
  mostPorts: 1000,
  needsNodes: true,
  takesLoadBalancer: false,
  note: undefined,
  limitAdvice: 'add a firewall rule on the nodes to limit who can connect',
  list: nodePortEndpoints,
  further: nodesIfNeeded,
  possible(snapshot) {
    const { nodes } = snapshot.topics;
    if (hasOnlyFargate(snapshot)) {
      return { possible: 'no', reason: 'every node is of AWS Fargate, where node ports lead to no Pod' };
    }
    if (!nodes.observed) return { possible: 'cannot tell', reason: 'nodes may not be seen' };
    const addresses = nodes.items.some(({ status }) => (status?.addresses ?? []).length > 0);
    return addresses ? { possible: 'yes', reason: '' } : { possible: 'no', reason: 'no node has an address' };
  },
  plan: (view, request) =>
    planOwnService(view, request, { name: ownNodePortName(request.skyCluster.nameOnCloud), type: 'NodePort' }),
  close: (view, request) => closeService(view, request, ownNodePortName(request.skyCluster.nameOnCloud)),
};
