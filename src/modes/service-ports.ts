import type { Service, ServicePort } from 'kubernetes-types/core/v1';
import type { Owner } from '../exposure/endpoint.ts';
import { isOurs } from '../exposure/ownership.ts';
import { endingOf } from '../exposure/pod-ending.ts';
import type { SnapshotIndex } from '../exposure/snapshot-index.ts';
import { isInternalServiceName, parseServiceName } from '../skypilot/names.ts';
import type { SkyCluster } from '../skypilot/sky-cluster.ts';
import { itemsOf } from '../snapshot/topics.ts';

/** One port of one Service for one SkyPilot cluster. */
export interface ExposedServicePort {
  readonly service: Service;
  readonly port: ServicePort;
  readonly skyCluster: SkyCluster;
}

/**
 * All ports of the Services of one type that open ports of a SkyPilot cluster. SkyPilot also creates a Service for each
 * head and worker. These are left out.
 */
export function servicePortsOfType(
  view: SnapshotIndex,
  type: 'LoadBalancer' | 'NodePort' | 'ClusterIP',
): ExposedServicePort[] {
  const found: ExposedServicePort[] = [];
  for (const service of itemsOf(view.snapshot.topics.services)) {
    if ((service.spec?.type ?? 'ClusterIP') !== type) continue;
    for (const skyCluster of view.skyClustersOf(service)) {
      if (isInternalServiceName(service.metadata?.name ?? '', skyCluster.nameOnCloud)) continue;
      for (const port of service.spec?.ports ?? []) found.push({ service, port, skyCluster });
    }
  }
  return found;
}

/**
 * Who created a Service: this plugin if the Service has our label, SkyPilot if its name is one that only SkyPilot uses,
 * otherwise another owner.
 */
export function ownerOfService(service: Service): Owner {
  if (isOurs(service.metadata)) return 'kubectl-skyports';
  return parseServiceName(service.metadata?.name ?? '') ? 'skypilot' : 'other';
}

/**
 * The name `NAME.NAMESPACE.svc`. It can be resolved in every Kubernetes cluster, whatever the domain of the cluster is.
 */
export function inClusterHostOf(service: Service): string {
  return `${service.metadata?.name}.${service.metadata?.namespace}.svc`;
}

/** Why a row is Broken: its SkyPilot cluster has no Pods. Undefined if it has Pods, or if Pods were not seen. */
export function missingPods(view: SnapshotIndex, skyCluster: SkyCluster): string | undefined {
  if (skyCluster.pods.length > 0 || !view.snapshot.topics.pods.observed) return undefined;
  const { nameOnCloud, namespace } = skyCluster;
  const ending = endingOf(view.snapshot, { namespace, name: `${nameOnCloud}-head` });
  return `SkyPilot cluster ${nameOnCloud} has no Pod any more${ending ? `: ${ending}` : ''}`;
}
