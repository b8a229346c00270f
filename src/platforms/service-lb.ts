import type { Service } from 'kubernetes-types/core/v1';
import { command, cure } from '../errors/cure.ts';
import { keyOf, type WithMetadata } from '../snapshot/object-reference.ts';
import { collectionPath } from '../snapshot/resource-paths.ts';
import type { Snapshot, TopicRequest } from '../snapshot/snapshot.ts';
import { itemsOf } from '../snapshot/topics.ts';
import { type Detection, detectPlatforms } from './detect.ts';
import { isServedUnasked } from './implementation.ts';
import type { OtherPort, PendingReason } from './missing-implementation.ts';
import type { LoadBalancer } from './platform.ts';

// Source: https://github.com/k3s-io/k3s/blob/main/pkg/cloudprovider/servicelb.go. ServiceLB creates a DaemonSet with
// hostPorts for each Service.

/** The keys of the labels of ServiceLB's Pods and DaemonSets. They contain the program's name, `k3s` or `rke2`. */
const labelsOf = (program: string) => ({
  name: `svccontroller.${program}.cattle.io/svcname`,
  namespace: `svccontroller.${program}.cattle.io/svcnamespace`,
});

/** The program that may run ServiceLB on this platform. Undefined if only ServiceLB's Pods can show the program. */
export function programOf({ platforms }: Pick<Detection, 'platforms'>): string | undefined {
  return platforms.map(({ what }) => what.serviceLbProgram).find((program) => program !== undefined);
}

/** Requests the Pods of ServiceLB, in all namespaces. */
export function serviceLbPodsRequest(snapshot: Snapshot): TopicRequest {
  return podsOfProgram(programOf(detectPlatforms(snapshot)) ?? 'k3s');
}

function podsOfProgram(program: string): TopicRequest {
  return { path: collectionPath('Pod', null), labelSelector: labelsOf(program).name };
}

/**
 * The requests for the Pods of ServiceLB, one for each program. A cluster runs only one of the programs, so at most one
 * request finds Pods.
 */
export const serviceLbPodsOfAnyProgram: readonly TopicRequest[] = ['k3s', 'rke2'].map(podsOfProgram);

/** Requests the DaemonSets of ServiceLB, in all namespaces. Each Service has its own DaemonSet. */
export function serviceLbDaemonSetsRequest(snapshot: Snapshot): TopicRequest {
  return { ...serviceLbPodsRequest(snapshot), path: collectionPath('DaemonSet', null) };
}

/**
 * Reports that ServiceLB has no Pod for this Service, or that this Pod cannot be scheduled. The report then contains
 * the message of the scheduler.
 */
export function waitingServiceLbPod(service: Service, snapshot: Snapshot): PendingReason | undefined {
  const { serviceLbPods } = snapshot.topics;
  if (!serviceLbPods.observed) return undefined;
  const own = serviceLbPods.items.filter((pod) => serviceOfServiceLbPod(pod) === keyOf(service));
  if (own.length === 0)
    return isServiceLbAlone(snapshot) && !service.spec?.loadBalancerClass ? whyNoPod(service, snapshot) : undefined;
  const waiting = own.find(({ status }) => status?.phase === 'Pending');
  const words = waiting?.status?.conditions?.find(({ type, status }) => type === 'PodScheduled' && status === 'False');
  if (!waiting || !words) return undefined;
  const isPort = /didn't have free ports/.test(words.message ?? '');
  const otherPort = isPort ? takenPortOf(service, snapshot) : undefined;
  return {
    cause: `its Pod ${keyOf(waiting)} of ServiceLB is not scheduled: ${(words.message ?? '').replace(/\.$/, '')}`,
    advice: isPort
      ? 'open another Service port: this one is taken on the nodes'
      : 'free what the scheduler names, or add a node',
    ...(otherPort && { otherPort }),
    isSure: isPort,
  };
}

/**
 * The port of a Service that is not free on the nodes. It is a port that another Service has, or the only port of the
 * Service. Undefined if it may be any of several ports.
 */
export function takenPortOf(service: Service, { topics }: Snapshot): OtherPort | undefined {
  const ports = (service.spec?.ports ?? [])
    .filter(({ protocol = 'TCP' }) => protocol === 'TCP')
    .map(({ port }) => port);
  const asked = { own: keyOf(service), pool: nodePoolOf(service.metadata ?? {}) };
  const found = portHolder(ports, asked, itemsOf(topics.services));
  if (found) return found;
  const [only, second] = ports;
  return only === undefined || second !== undefined
    ? undefined
    : { port: only, free: only < 65_535 ? only + 1 : only - 1 };
}

const noPod: PendingReason = {
  cause: 'ServiceLB has made no Pod for it: it may be turned off (--disable=servicelb), or no node has its label',
  advice:
    'see how the servers of K3s are started; if nodes have svccontroller.k3s.cattle.io/enablelb only those take part; or install MetalLB',
  isGuess: true,
};

/**
 * Why ServiceLB has no Pod for a Service. The DaemonSet of the Service shows whether ServiceLB runs, and which nodes
 * the DaemonSet may use.
 */
function whyNoPod(service: Service, { topics: { serviceLbDaemonSets, nodes } }: Snapshot): PendingReason {
  if (!serviceLbDaemonSets.observed) return noPod;
  const daemonSet = serviceLbDaemonSets.items.find((each) => serviceOfServiceLbPod(each) === keyOf(service));
  if (!daemonSet) {
    return {
      cause: 'ServiceLB has made no DaemonSet for it: it may be turned off (--disable=servicelb)',
      advice: 'see how the servers of K3s are started, or install MetalLB',
      isGuess: true,
    };
  }
  const { metadata, spec, status } = daemonSet;
  const { name = '', namespace = '' } = metadata ?? {};
  const labels = Object.entries(spec?.template?.spec?.nodeSelector ?? {}).map(([key, value]) => `${key}=${value}`);
  if (status?.desiredNumberScheduled !== 0 || labels.length === 0) {
    const look = command`kubectl describe daemonset ${name} -n ${namespace}`;
    return {
      cause: `its DaemonSet ${keyOf(daemonSet)} of ServiceLB has no Pod`,
      advice: '',
      look: cure(look, 'shows why'),
    };
  }
  const [only, second] = itemsOf(nodes);
  const node = second ? 'NODE' : (only?.metadata?.name ?? 'NODE');
  const note = `lets ServiceLB use the node${node === 'NODE' ? ' NODE' : ''}`;
  return {
    cause: `its DaemonSet ${keyOf(daemonSet)} of ServiceLB runs on no node: none that it may use has the label ${labels.join(' and ')}`,
    advice: '',
    look: cure(command`kubectl label node ${node} ${labels}`, note),
    isSure: true,
  };
}

/** Whether ServiceLB is the only load balancer here for Services without a class. */
export function isServiceLbAlone(snapshot: Snapshot): boolean {
  return sharerAlone(snapshot)?.isLocalOnly === undefined && sharerAlone(snapshot) !== undefined;
}

/** `namespace/name` of the Service that a Pod or DaemonSet of ServiceLB serves; undefined for any other object. */
export function serviceOfServiceLbPod({ metadata }: WithMetadata): string | undefined {
  const labels = metadata?.labels ?? {};
  const [key] = ['k3s', 'rke2'].map(labelsOf).filter(({ name }) => labels[name] !== undefined);
  return key && `${labels[key.namespace]}/${labels[key.name]}`;
}

/** A port of the nodes that a Service requests, and another Service that already has this port. */
export interface PortHolder {
  readonly port: number;
  /** `namespace/name` of the Service that has the port. */
  readonly holder: string;
  /** The nearest port that is free and that the Service does not request either. */
  readonly free: number;
}

/**
 * The first requested TCP port that another Service already has. ServiceLB gives each port and protocol of a node to
 * only one Service. Only Services with an address and without a class count. Services for another pool of nodes do not
 * conflict.
 */
export function portHolder(
  ports: readonly number[],
  { own, pool }: { readonly own: string; readonly pool: string | undefined },
  services: readonly Service[],
): PortHolder | undefined {
  const held = new Map<number, string>();
  for (const other of services) {
    if (!isServedUnasked(other) || keyOf(other) === own || nodePoolOf(other.metadata ?? {}) !== pool) continue;
    for (const { port, protocol = 'TCP' } of other.spec?.ports ?? []) {
      if (protocol === 'TCP' && !held.has(port)) held.set(port, keyOf(other));
    }
  }
  const port = ports.find((each) => held.has(each));
  if (port === undefined) return undefined;
  const isFree = (each: number) => each >= 1 && each <= 65535 && !held.has(each) && !ports.includes(each);
  const near = Array.from({ length: 200 }, (_, i) => [port + i, port - i]).flat();
  return { port, holder: held.get(port)!, free: near.find(isFree) ?? 30000 };
}

/** The pool of nodes that the Service selects by its label. */
export function nodePoolOf({
  labels = {},
}: {
  readonly labels?: Readonly<Record<string, string>>;
}): string | undefined {
  return labels['svccontroller.k3s.cattle.io/lbpool'] ?? labels['svccontroller.rke2.cattle.io/lbpool'];
}

/**
 * The load balancer that gives each port of the nodes to only one Service (`sharesNodePorts`). Undefined if another
 * load balancer may give addresses to Services without a class, too.
 */
function sharerAlone(snapshot: Snapshot): LoadBalancer | undefined {
  const [only, second] = detectPlatforms(snapshot).loadBalancers.filter(({ what }) => !what.needsClass);
  return only?.what.sharesNodePorts && !second ? only.what : undefined;
}

/**
 * Reports that another Service already has a requested port of the nodes. Only listed Services count. Undefined if
 * another load balancer may give an address, too.
 */
export function portTaken(service: Service, snapshot: Snapshot): PendingReason | undefined {
  const sharer = sharerAlone(snapshot);
  if (!sharer || service.spec?.loadBalancerClass) return undefined;
  const ports = (service.spec?.ports ?? []).filter(({ protocol = 'TCP' }) => protocol === 'TCP');
  const found = portHolder(
    ports.map(({ port }) => port),
    { own: keyOf(service), pool: nodePoolOf(service.metadata ?? {}) },
    itemsOf(snapshot.topics.services),
  );
  if (!found) return undefined;
  const { targetPort = found.port } = ports.find(({ port }) => port === found.port)!;
  return {
    cause: `port ${found.port} of ${sharer.isLocalOnly ? 'localhost' : 'the nodes'} is taken by Service ${found.holder}: ${sharer.title} gives each to one Service`,
    advice: `open another Service port, such as ${found.free}:${targetPort}`,
    otherPort: { port: found.port, free: found.free },
  };
}
