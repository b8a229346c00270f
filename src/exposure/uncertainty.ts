import type { Snapshot } from '../snapshot/snapshot.ts';
import { allTopics, type Topic, topicRows } from '../snapshot/topics.ts';
import { certificateTopics } from './certificates/cert-manager.ts';
import type { Endpoint } from './endpoint.ts';

/** A requested topic that was not seen, with the name of its Kubernetes resource. */
export interface UnobservedTopic {
  readonly topic: Topic;
  readonly resource: string;
  /** The requested namespace; null for all namespaces, and for a kind without namespaces. */
  readonly namespace: string | null;
  readonly reason: string;
}

/** Topics that only add details to a known row. */
const details: ReadonlySet<Topic> = new Set([
  ...(['events', 'podEvents', 'handlerEvents', 'controllerPods'] as const),
  ...certificateTopics,
]);

/** The topics that were requested and not seen. */
export function unobservedTopics({ namespace, topics }: Snapshot): UnobservedTopic[] {
  return allTopics.flatMap((topic) => {
    const observation = topics[topic];
    if (details.has(topic) || observation.observed || observation.reason === 'not-collected') return [];
    const { resource = topic, namespace: place } = topicRows[topic];
    return { topic, resource, namespace: place === 'scope' ? namespace : place, reason: observation.message };
  });
}

/**
 * Whether the list or one of its rows is uncertain, because a topic was not seen. The exit code is then 4. If a
 * permission is missing, only the rows that need the topic are uncertain. If the server failed, the whole list is
 * uncertain.
 */
export function isUncertain({ topics }: Snapshot, endpoints: readonly Endpoint[]): boolean {
  const hasFailed = allTopics.some((topic) => {
    const observation = topics[topic];
    return !observation.observed && (observation.reason === 'failed' || observation.reason === 'timed-out');
  });
  if (hasFailed || !topics.pods.observed || !topics.services.observed) return true;
  return endpoints.some(({ state }) => state === 'Unknown');
}
