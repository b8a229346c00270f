import { allTopics, notCollected, type Observation, type Topic, type TopicObjects } from './topics.ts';

/**
 * The API server's answers at one time, and which server and namespace they are from. The plugin computes all its
 * results from a snapshot.
 */
export interface Snapshot {
  /** The name of the kubeconfig context; empty in a Pod without kubeconfig. */
  readonly context: string;
  /** The host of the API server; '' or absent if it is unknown. */
  readonly server?: string;
  /** The namespace that was read; null for all namespaces. */
  readonly namespace: string | null;
  /**
   * The time of the snapshot in ISO 8601, from the clock of this machine. For kubectl's output, it is the latest time
   * in the objects. Ages are computed from this time.
   */
  readonly takenAt: string;
  readonly topics: { readonly [T in Topic]: Observation<TopicObjects[T]> };
}

/** A snapshot with these topics. No other topic was collected. */
export function snapshotOf(about: Omit<Snapshot, 'topics'>, topics: Partial<Snapshot['topics']>): Snapshot {
  const unasked = Object.fromEntries(allTopics.map((topic) => [topic, notCollected]));
  return { ...about, topics: { ...(unasked as unknown as Snapshot['topics']), ...topics } };
}

/** One list request. */
export interface TopicRequest {
  /** The path of the list, without server and query: `/api/v1/namespaces/default/pods`. */
  readonly path: string;
  readonly labelSelector?: string;
  /**
   * A wider label selector, which is sent in place of `labelSelector`. Topics with the same path and the same shared
   * selector share one request. Each topic keeps only the objects that its `labelSelector` takes.
   */
  readonly sharedSelector?: string;
  readonly fieldSelector?: string;
  /** The path for older API servers, which do not serve `path`. */
  readonly olderPath?: string;
  /** Whether to read only the first page, because the objects are large and a few of them are enough. */
  readonly firstPageOnly?: boolean;
  /** Whether to forget the arguments of containers. SkyPilot passes a script of 8 kB to each Pod. */
  readonly withoutArguments?: boolean;
}

/** The list requests, at most one for each topic. */
export type TopicRequests = { readonly [T in Topic]?: TopicRequest };
