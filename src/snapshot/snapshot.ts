import { allTopics, notCollected, type Observation, type Topic, type TopicObjects } from './topics.ts';

/** What the API server said in one look, and whom we asked. The value everything else reasons over. */
export interface Snapshot {
  /** Name of the kubeconfig context; empty in a Pod without kubeconfig. */
  readonly context: string;
  /** Host of the API server; '' or absent when it is not known. */
  readonly server?: string;
  /** The namespace looked at, null for all of them. */
  readonly namespace: string | null;
  /** ISO 8601, the clock of this machine. Ages are measured against it. */
  readonly takenAt: string;
  readonly topics: { readonly [T in Topic]: Observation<TopicObjects[T]> };
}

/** A snapshot in which nothing was asked; `topics` fills in what was. */
export function snapshotOf(about: Omit<Snapshot, 'topics'>, topics: Partial<Snapshot['topics']>): Snapshot {
  const unasked = Object.fromEntries(allTopics.map((topic) => [topic, notCollected]));
  return { ...about, topics: { ...(unasked as unknown as Snapshot['topics']), ...topics } };
}

/** One list request. */
export interface TopicRequest {
  /** Without server and query: `/api/v1/namespaces/default/pods`. */
  readonly path: string;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
  /** Where it is in API servers that do not serve the first path. */
  readonly olderPath?: string;
  /** For kinds that are large and of which a few are enough. */
  readonly firstPageOnly?: boolean;
}

/** What to ask for each topic. */
export type TopicRequests = { readonly [T in Topic]?: TopicRequest };
