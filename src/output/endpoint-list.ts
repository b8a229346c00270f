import type { Answer } from '../doctor/subjects/answer.ts';
import type { Endpoint } from '../exposure/endpoint.ts';
import { type UnobservedTopic, unobservedTopics } from '../exposure/uncertainty.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';

/** One item of the EndpointList; docs/endpoint-list.schema.json describes it, tests pin it. */
export type EndpointItem = Omit<Endpoint, 'addressPort' | 'createdAt'> & { readonly answer?: Answer };

/** The versioned document behind `-o json` and `-o yaml`. */
export interface EndpointList {
  readonly apiVersion: 'skyports/v1alpha1';
  readonly kind: 'EndpointList';
  readonly metadata: {
    readonly context: string;
    readonly namespace: string | null;
    readonly unobserved: readonly Omit<UnobservedTopic, 'topic'>[];
  };
  readonly items: readonly EndpointItem[];
}

/** Makes the document; the order of keys is part of the contract. */
export function endpointListOf(
  snapshot: Snapshot,
  endpoints: readonly Endpoint[],
  answers?: ReadonlyMap<Endpoint, Answer>,
): EndpointList {
  return {
    apiVersion: 'skyports/v1alpha1',
    kind: 'EndpointList',
    metadata: {
      context: snapshot.context,
      namespace: snapshot.namespace,
      unobserved: unobservedTopics(snapshot).map(({ resource, namespace, reason }) => ({
        resource,
        namespace,
        reason,
      })),
    },
    items: endpoints.map((endpoint) => {
      const { addressPort, createdAt, ...item } = endpoint;
      const answer = answers?.get(endpoint);
      return answer ? { ...item, answer } : item;
    }),
  };
}
