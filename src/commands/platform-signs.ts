import { nodesRequest } from '../exposure/what-to-collect.ts';
import { observe } from '../kubernetes/collect.ts';
import type { Connection } from '../kubernetes/connect.ts';
import { customResourceRequests } from '../platforms/custom-resources.ts';
import { detectPlatforms } from '../platforms/detect.ts';
import { serviceLbPodsRequest } from '../platforms/service-lb.ts';
import { loadBalancerWorkloads } from '../platforms/signs.ts';
import { collectionPath } from '../snapshot/resource-paths.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';

/** A snapshot with what tells where it was taken; what may not be seen stays unseen. */
export async function withSigns(snapshot: Snapshot, connection: Connection): Promise<Snapshot> {
  const { apiGroups, serverVersion } = await import('../kubernetes/collect-standing.ts');
  const pods = { path: collectionPath('Pod', null), labelSelector: loadBalancerWorkloads };
  const [nodes, loadBalancerPods, groups, version] = await Promise.all([
    observe(connection, nodesRequest),
    observe(connection, pods),
    apiGroups(connection),
    serverVersion(connection),
  ]);
  const first = { nodes, loadBalancerPods, apiGroups: groups, serverVersion: version } as Partial<Snapshot['topics']>;
  const seen = { ...snapshot, topics: { ...snapshot.topics, ...first } };
  // Of MetalLB the API group tells enough.
  const { ciliumPools } = customResourceRequests(seen);
  // RKE2 has ServiceLB where its servers were told so, which shows in its Pods alone.
  const isRke2 = detectPlatforms(seen).platforms.some(({ what }) => what.id === 'rke2');
  const [pools, serviceLb] = await Promise.all([
    ciliumPools && observe(connection, ciliumPools),
    isRke2 ? observe(connection, serviceLbPodsRequest(seen)) : undefined,
  ]);
  const more = { ...(pools && { ciliumPools: pools }), ...(serviceLb && { serviceLbPods: serviceLb }) };
  return { ...seen, topics: { ...seen.topics, ...more } as Snapshot['topics'] };
}
