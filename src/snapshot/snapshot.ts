import { allTopics, notCollected, type Observation, type Topic, type TopicObjects } from './topics.ts';

/**
 * The API server's answers at one time, with the server and the namespace that they are from. All results of the plugin
 * are computed from a snapshot.
 */
export interface Snapshot {
  /** Name of the kubeconfig context; empty in a Pod without kubeconfig. */
  readonly context: string;
  /** Host of the API server; '' or absent if unknown. */
  readonly server?: string;
  /** The namespace that was read; null for all namespaces. */
  readonly namespace: string | null;
  /**
   * The time of the snapshot, ISO 8601, by the clock of this machine. For kubectl's output, the latest time that its
   * objects record. Ages are relative to this time.
   */
  readonly takenAt: string;
  readonly topics: { readonly [T in Topic]: Observation<TopicObjects[T]> };
}

/** A snapshot in which no topic was collected, except those in `topics`. */
export function snapshotOf(about: Omit<Snapshot, 'topics'>, topics: Partial<Snapshot['topics']>): Snapshot {
  const unasked = Object.fromEntries(allTopics.map((topic) => [topic, notCollected]));
  return { ...about, topics: { ...(unasked as unknown as Snapshot['topics']), ...topics } };
}

/** One list request. */
export interface TopicRequest {
  /** The path of the list, without server and query: `/api/v1/namespaces/default/pods`. */
  readonly path: string;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
  /** The path on API servers that do not serve `path`. */
  readonly olderPath?: string;
  /** Set to read only the first page, if objects are large and a few of them are enough. */
  readonly firstPageOnly?: boolean;
}

/** The request of each topic. */
export type TopicRequests = { readonly [T in Topic]?: TopicRequest };
