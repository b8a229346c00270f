import type { Pod, Service } from 'kubernetes-types/core/v1';
import { keyOf } from '../snapshot/object-reference.ts';
import { collectionPath } from '../snapshot/resource-paths.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import type { TopicRequest } from '../snapshot/topic-request.ts';
import { itemsOf } from '../snapshot/topics.ts';
import type { Absence } from './absence.ts';
import { detectPlatforms } from './detect.ts';

// Source: https://github.com/k3s-io/k3s/blob/main/pkg/cloudprovider/servicelb.go (a DaemonSet with hostPorts for each Service).

/** The labels bear the program's name. */
const labelsOf = (program: string) => ({
  name: `svccontroller.${program}.cattle.io/svcname`,
  namespace: `svccontroller.${program}.cattle.io/svcnamespace`,
});

/** The Pods of ServiceLB, wherever it keeps them. */
export function serviceLbPodsRequest(snapshot: Snapshot): TopicRequest {
  const isRke2 = detectPlatforms(snapshot).platforms.some(({ what }) => what.id === 'rke2');
  return { path: collectionPath('Pod', null), labelSelector: labelsOf(isRke2 ? 'rke2' : 'k3s').name };
}

/** That a Pod of ServiceLB for this Service is not scheduled, in the scheduler's words. */
export function waitingServiceLbPod(service: Service, { topics }: Snapshot): Absence | undefined {
  const waiting = itemsOf(topics.serviceLbPods).find(
    (pod) => pod.status?.phase === 'Pending' && keyOf(service) === serviceOf(pod),
  );
  const words = waiting?.status?.conditions?.find(({ type, status }) => type === 'PodScheduled' && status === 'False');
  if (!waiting || !words) return undefined;
  const isPort = /didn't have free ports/.test(words.message ?? '');
  return {
    cause: `its Pod ${keyOf(waiting)} of ServiceLB is not scheduled: ${(words.message ?? '').replace(/\.$/, '')}`,
    advice: isPort ? 'open another Service port: this one is taken on the nodes' : 'do what the scheduler says',
    isSure: isPort,
  };
}

function serviceOf({ metadata }: Pod): string | undefined {
  const labels = metadata?.labels ?? {};
  const [key] = ['k3s', 'rke2'].map(labelsOf).filter(({ name }) => labels[name] !== undefined);
  return key && `${labels[key.namespace]}/${labels[key.name]}`;
}

/** A Service that holds a port of the nodes which another asks for. */
export interface PortHolder {
  readonly port: number;
  /** `namespace/name` */
  readonly holder: string;
}

/** The first Service of these that has been given an address and a port that is asked for: ServiceLB gives each to one Service. */
export function portHolder(
  ports: readonly number[],
  own: string,
  services: readonly Service[],
): PortHolder | undefined {
  for (const other of services) {
    if (other.spec?.type !== 'LoadBalancer' || keyOf(other) === own) continue;
    if ((other.status?.loadBalancer?.ingress ?? []).length === 0) continue;
    const taken = (other.spec.ports ?? []).find(({ port }) => ports.includes(port));
    if (taken) return { port: taken.port, holder: keyOf(other) };
  }
  return undefined;
}

/** That another Service holds a port of the nodes; undefined where something else gives addresses, too. Only Services that were seen count. */
export function portTaken(service: Service, snapshot: Snapshot): Absence | undefined {
  const { loadBalancers } = detectPlatforms(snapshot);
  if (loadBalancers.length !== 1 || loadBalancers[0]!.what.id !== 'servicelb') return undefined;
  const ports = service.spec?.ports ?? [];
  const found = portHolder(
    ports.map(({ port }) => port),
    keyOf(service),
    itemsOf(snapshot.topics.services),
  );
  if (!found) return undefined;
  const { targetPort = found.port } = ports.find(({ port }) => port === found.port)!;
  return {
    cause: `port ${found.port} of the nodes is taken by Service ${found.holder}: ServiceLB gives each to one Service`,
    advice: `open another Service port, such as ${found.port + 1}:${targetPort}`,
    isSure: false,
  };
}
