import type { Snapshot } from '../snapshot/snapshot.ts';
import { allTopics, type Topic, topicRows } from '../snapshot/topics.ts';
import type { Endpoint } from './endpoint.ts';

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
    const { resource = topic, namespace: place } = topicRows[topic];
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
