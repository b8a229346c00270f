import type { Answer } from '../doctor/subjects/answer.ts';
import type { Endpoint } from '../exposure/endpoint.ts';
import { type UnobservedTopic, unobservedTopics } from '../exposure/uncertainty.ts';
import { resourceNameOf } from '../snapshot/object-reference.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';

/** One item of an EndpointList (docs/endpoint-list.schema.json). */
export type EndpointItem = Omit<Endpoint, 'addressPort' | 'httpsPort' | 'createdAt'> & { readonly answer?: Answer };

/** The versioned document that `-o json` and `-o yaml` print. */
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

/** Builds the document. Keep the order of its keys, because users may depend on it. */
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
      const { addressPort, httpsPort, createdAt, ...item } = endpoint;
      const answer = answers?.get(endpoint);
      return answer ? { ...item, answer } : item;
    }),
  };
}

/**
 * The output of `-o sky`. `lines` are for stdout. `withheld` is for stderr: the ports that SkyPilot would not print, and
 * why.
 */
interface SkyLines {
  readonly lines: readonly string[];
  readonly withheld: readonly string[];
}

/**
 * The output of `sky status --endpoints`: one line `port: endpoint` for each port, in their order. Only SkyPilot's own
 * objects count.
 */
export function skyLinesOf(endpoints: readonly Endpoint[]): SkyLines {
  const lines = new Map<number, string>();
  const withheld: string[] = [];
  for (const { port, skyPilot } of endpoints.toSorted((a, b) => a.port - b.port)) {
    if (skyPilot.prints !== null) lines.set(port, `${port}: ${skyPilot.prints}`);
    else withheld.push(`port ${port}: ${skyPilot.reason}`);
  }
  return { lines: [...lines.values()], withheld };
}

/**
 * The names of the objects that open the ports, in the form of `kubectl get -o name`: `service/train--skypilot-lb`.
 * Each object appears once.
 */
export function sourceNamesOf(endpoints: readonly Endpoint[]): string[] {
  const objects = endpoints.map(({ source }) => source[0]!);
  const byIdentity = new Map(objects.map((object) => [`${object.kind}/${object.namespace}/${object.name}`, object]));
  return [...byIdentity.values()].map(({ kind, name }) => resourceNameOf(kind, name));
}
