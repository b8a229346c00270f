import type { Topic } from './topics.ts';

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
