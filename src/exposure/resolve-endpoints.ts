import type { Snapshot } from '../snapshot/snapshot.ts';
import { placeOf } from '../snapshot/topic-place.ts';
import { allTopics, type Topic } from '../snapshot/topics.ts';
import { compareEndpoints, type Endpoint, type PortModeName } from './endpoint.ts';
import { clusterIpEndpoints } from './modes/clusterip.ts';
import { ingressEndpoints } from './modes/ingress.ts';
import { loadBalancerEndpoints } from './modes/loadbalancer.ts';
import { nodePortEndpoints } from './modes/nodeport.ts';
import { podIpEndpoints } from './modes/podip.ts';
import type { View } from './view.ts';

/** Which endpoints are wanted; what is absent does not restrict. */
export interface EndpointFilter {
  readonly skyClusters?: readonly { readonly namespace: string; readonly nameOnCloud: string }[] | undefined;
  /** Service ports; with mode podip they make Pod-IP rows, since no object records ports in that mode. */
  readonly ports?: readonly number[] | undefined;
  readonly modes?: readonly PortModeName[] | undefined;
}

/** Every endpoint of every SkyPilot cluster that the snapshot shows and the filter wants, in a total order. */
export function resolveEndpoints(view: View, filter: EndpointFilter = {}): Endpoint[] {
  const { skyClusters, ports, modes } = filter;
  const wantedClusters =
    skyClusters && new Set(skyClusters.map(({ namespace, nameOnCloud }) => `${namespace}/${nameOnCloud}`));
  const rows = [
    ...loadBalancerEndpoints(view),
    ...ingressEndpoints(view),
    ...nodePortEndpoints(view),
    ...clusterIpEndpoints(view),
    ...(modes?.includes('podip') ? podIpEndpoints(view, ports ?? []) : []),
  ];
  return rows
    .filter(
      (row) =>
        (!wantedClusters || wantedClusters.has(`${row.namespace}/${row.nameOnCloud}`)) &&
        (!ports || ports.includes(row.port)) &&
        (!modes || modes.includes(row.mode)),
    )
    .sort(compareEndpoints);
}

/** A topic that was asked for and not seen, in the words of Kubernetes' resources. */
export interface UnobservedTopic {
  readonly topic: Topic;
  readonly resource: string;
  /** The namespace asked about; null for all of them, or where there is none. */
  readonly namespace: string | null;
  readonly reason: string;
}

/** What was asked for and not seen. */
export function unobservedTopics({ namespace, topics }: Snapshot): UnobservedTopic[] {
  return allTopics.flatMap((topic) => {
    const observation = topics[topic];
    // Events and controllers' Pods only say more about a row that is known.
    if (
      topic === 'events' ||
      topic === 'controllerPods' ||
      observation.observed ||
      observation.reason === 'not-collected'
    )
      return [];
    const { resource = topic, namespace: place } = placeOf(topic);
    return { topic, resource, namespace: place === 'scope' ? namespace : place, reason: observation.message };
  });
}

/**
 * Whether the list itself, or a row of it, rests on something that was not seen: exit code 4. What the user may not see costs the
 * rows that need it; what the server failed to show could be anything.
 */
export function isUncertain({ topics }: Snapshot, endpoints: readonly Endpoint[]): boolean {
  const hasFailed = allTopics.some((topic) => {
    const observation = topics[topic];
    return !observation.observed && (observation.reason === 'failed' || observation.reason === 'timed-out');
  });
  if (hasFailed || !topics.pods.observed || !topics.services.observed) return true;
  return endpoints.some(({ state }) => state === 'Unknown');
}
