import type { Answer } from '../doctor/subjects/answer.ts';
import type { Endpoint } from '../exposure/endpoint.ts';
import { type UnobservedTopic, unobservedTopics } from '../exposure/uncertainty.ts';
import { resourceNameOf } from '../snapshot/object-reference.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';

/** One item of an EndpointList (docs/endpoint-list.schema.json). */
export type EndpointItem = Omit<Endpoint, 'addressPort' | 'httpsPort'> & {
  /** The context of the row; only if the list has several contexts. */
  readonly context?: string;
  readonly answer?: Answer;
};

type UnobservedItem = Omit<UnobservedTopic, 'topic'>;

/** One context of a list with several contexts. */
interface ContextItem {
  readonly name: string;
  readonly namespace: string | null;
  readonly unobserved: readonly UnobservedItem[];
  /** Why the context could not be read; null if it was read. */
  readonly error: string | null;
}

/** The versioned document that `-o json` and `-o yaml` print. */
export interface EndpointList {
  readonly apiVersion: 'skyports/v1alpha1';
  readonly kind: 'EndpointList';
  readonly metadata: {
    /** Null if the list has several contexts. */
    readonly context: string | null;
    readonly namespace: string | null;
    readonly unobserved: readonly UnobservedItem[];
    /** The contexts of a list with several contexts; absent in other lists. */
    readonly contexts?: readonly ContextItem[];
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
      unobserved: unobservedIn(snapshot),
    },
    items: endpoints.map((endpoint) => itemOf(endpoint, answers)),
  };
}

/** What one context shows: its snapshot and rows, or why it could not be read. */
export type ContextPart =
  | { readonly context: string; readonly snapshot: Snapshot; readonly endpoints: readonly Endpoint[] }
  | { readonly context: string; readonly error: string };

/** The document for several contexts. Each item names its context. */
export function endpointListOfContexts(
  parts: readonly ContextPart[],
  answers?: ReadonlyMap<Endpoint, Answer>,
): EndpointList {
  const contexts = parts.map((part): ContextItem => {
    const name = part.context;
    if ('error' in part) return { name, namespace: null, unobserved: [], error: part.error };
    return { name, namespace: part.snapshot.namespace, unobserved: unobservedIn(part.snapshot), error: null };
  });
  return {
    apiVersion: 'skyports/v1alpha1',
    kind: 'EndpointList',
    metadata: { context: null, namespace: null, unobserved: [], contexts },
    items: parts.flatMap((part) =>
      'error' in part
        ? []
        : part.endpoints.map((endpoint) => ({ context: part.context, ...itemOf(endpoint, answers) })),
    ),
  };
}

function unobservedIn(snapshot: Snapshot): UnobservedItem[] {
  return unobservedTopics(snapshot).map(({ resource, namespace, reason }) => ({ resource, namespace, reason }));
}

function itemOf(endpoint: Endpoint, answers: ReadonlyMap<Endpoint, Answer> | undefined): EndpointItem {
  const { addressPort, httpsPort, ...item } = endpoint;
  const answer = answers?.get(endpoint);
  return answer ? { ...item, answer } : item;
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
