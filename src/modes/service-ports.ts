import type { Service, ServicePort } from 'kubernetes-types/core/v1';
import type { Owner } from '../exposure/endpoint.ts';
import { isOurs } from '../exposure/ownership.ts';
import type { SnapshotIndex } from '../exposure/snapshot-index.ts';
import { isInternalServiceName, parseServiceName } from '../skypilot/names.ts';
import type { SkyCluster } from '../skypilot/sky-cluster.ts';
import { itemsOf } from '../snapshot/topics.ts';

/** One port of one Service in front of one SkyPilot cluster. */
export interface ExposedServicePort {
  readonly service: Service;
  readonly port: ServicePort;
  readonly skyCluster: SkyCluster;
}

/** All ports of the Services of one type that expose a SkyPilot cluster; SkyPilot's own head and worker Services are left out. */
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

/** Who made a Service: known by SkyPilot's names, by our label, else somebody else. */
export function ownerOfService(service: Service): Owner {
  if (isOurs(service.metadata)) return 'kubectl-skyports';
  return parseServiceName(service.metadata?.name ?? '') ? 'skypilot' : 'other';
}

/** `NAME.NAMESPACE.svc`, which resolves whatever the cluster's domain is; null for a Service without name. */
export function inClusterHostOf(service: Service): string {
  return `${service.metadata?.name}.${service.metadata?.namespace}.svc`;
}

/** What a row without any Pod of its cluster left refers to; undefined while there are Pods, or when they were not seen. */
export function missingPods(view: SnapshotIndex, skyCluster: SkyCluster): string | undefined {
  if (skyCluster.pods.length > 0 || !view.snapshot.topics.pods.observed) return undefined;
  return `SkyPilot cluster ${skyCluster.nameOnCloud} has no Pod any more`;
}
