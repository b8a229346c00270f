import { nodesRequest } from '../exposure/what-to-collect.ts';
import { observe } from '../kubernetes/collect.ts';
import type { Connection } from '../kubernetes/connect.ts';
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
  const seen = { nodes, loadBalancerPods, apiGroups: groups, serverVersion: version } as Partial<Snapshot['topics']>;
  return { ...snapshot, topics: { ...snapshot.topics, ...seen } };
}
