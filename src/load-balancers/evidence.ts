import { nearestOf } from '../arguments/nearest.ts';
import { advice, command, cure } from '../errors/cure.ts';
import { UsageError } from '../errors/usage-error.ts';
import type { Connection } from '../kubernetes/api/connect.ts';
import { observe } from '../kubernetes/snapshots/collect.ts';
import { nodesRequest } from '../modes/nodeport/mode.ts';
import { customResourceRequests } from '../platforms/custom-resources.ts';
import { type Detected, detectPlatforms } from '../platforms/detect.ts';
import { platformIds } from '../platforms/ids.ts';
import type { LoadBalancer } from '../platforms/platform.ts';
import { loadBalancerNamed } from '../platforms/scheme.ts';
import { programOf, serviceLbPodsRequest } from '../platforms/service-lb.ts';
import { loadBalancerWorkloads } from '../platforms/signals.ts';
import { collectionPath } from '../snapshot/resource-paths.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import { unseenCures, unseenError, unseenWords } from '../snapshot/unseen-words.ts';

/**
 * Requests the topics from which the platform is detected, and adds them to a snapshot. A forbidden topic stays
 * unobserved.
 */
export async function collectPlatformEvidence(snapshot: Snapshot, connection: Connection): Promise<Snapshot> {
  const { apiGroups, serverVersion } = await import('../kubernetes/snapshots/server-info.ts');
  const pods = { path: collectionPath('Pod', null), labelSelector: loadBalancerWorkloads };
  const [nodes, loadBalancerPods, groups, version] = await Promise.all([
    observe(connection, 'nodes', nodesRequest),
    observe(connection, 'loadBalancerPods', pods),
    apiGroups(connection),
    serverVersion(connection),
  ]);
  const first = { nodes, loadBalancerPods, apiGroups: groups, serverVersion: version } as Partial<Snapshot['topics']>;
  const seen = { ...snapshot, topics: { ...snapshot.topics, ...first } };
  // Do not request MetalLB's pools: its API group shows that it is installed.
  const { ciliumPools } = customResourceRequests(seen).pools;
  // In RKE2, ServiceLB is optional. Only its Pods show that it runs.
  const mayRunServiceLb = programOf(detectPlatforms(seen)) !== undefined;
  const [pools, serviceLb] = await Promise.all([
    ciliumPools && observe(connection, 'ciliumPools', ciliumPools),
    mayRunServiceLb ? observe(connection, 'serviceLbPods', serviceLbPodsRequest(seen)) : undefined,
  ]);
  const more = { ...(pools && { ciliumPools: pools }), ...(serviceLb && { serviceLbPods: serviceLb }) };
  return { ...seen, topics: { ...seen.topics, ...more } as Snapshot['topics'] };
}

/** The topics that show which load balancer gives a Service its address. */
const signs = ['apiGroups', 'serverVersion', 'nodes', 'loadBalancerPods'] as const;

/**
 * Ends the command if a topic for the detection of the load balancer was requested and not seen.
 *
 * @throws UnseenError if a permission is missing; Failure if the server failed
 */
export function requirePlatformEvidence({ topics }: Snapshot, alternative: string): void {
  for (const topic of signs) {
    const observation = topics[topic];
    if (observation.observed || observation.reason === 'not-collected') continue;
    const fact = `what gives this cluster's Services their addresses is unknown: ${unseenWords(topic, observation, null)}`;
    throw unseenError(fact, observation, [...unseenCures(topic, observation, null), advice(alternative)]);
  }
}

/**
 * The load balancer for `--platform NAME`.
 *
 * @throws UsageError for an unknown name, and for a platform without a load balancer
 */
export function platformNamed(name: string): Detected<LoadBalancer> {
  const id = platformIds.find((each) => each === name);
  if (id) return loadBalancerNamed(id);
  const nearest = nearestOf(name, platformIds);
  throw new UsageError('unknown-platform', `--platform ${name} is not a known platform`, [
    advice(nearest ? `did you mean --platform ${nearest}?` : `--platform takes one of ${platformIds.join(', ')}`),
    cure(command`kubectl skyports help platforms`, 'explains the names'),
  ]);
}
