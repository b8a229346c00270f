import { type Topic, topicRows } from './topics.ts';

/** Kinds that are written or asked for one by one, and are no topic. */
const beside = { Namespace: 'namespaces', ConfigMap: 'configmaps' } as const;

type KindOf<Row> = Row extends { readonly kind: infer Kind extends string } ? Kind : never;

/** A kind that this plugin reads or writes. */
export type ResourceKind = KindOf<(typeof topicRows)[Topic]> | keyof typeof beside;

/** Where the API server keeps each kind, and kubectl's name for it. */
const resources = Object.fromEntries([
  ...Object.entries(beside).map(([kind, plural]) => [kind, { base: '/api/v1', plural }] as const),
  ...Object.values(topicRows).flatMap(({ kind, apiVersion, resource }) =>
    kind === undefined
      ? []
      : [[kind, { base: apiVersion === 'v1' ? '/api/v1' : `/apis/${apiVersion}`, plural: resource ?? '' }] as const],
  ),
]) as Readonly<Record<ResourceKind, { readonly base: string; readonly plural: string }>>;

/** The collection of a kind: of one namespace, or of all with null (and for kinds without namespaces). */
export function collectionPath(kind: ResourceKind, namespace: string | null): string {
  const { base, plural } = resources[kind];
  return namespace === null ? `${base}/${plural}` : `${base}/namespaces/${namespace}/${plural}`;
}

/** One object; its namespace is '' for kinds without namespaces. */
export function objectPath(kind: ResourceKind, namespace: string, name: string): string {
  return `${collectionPath(kind, namespace || null)}/${name}`;
}

/** An object of a kind that this plugin knows. */
export interface ResourceAt {
  readonly kind: ResourceKind;
  /** Undefined for kinds without namespaces. */
  readonly namespace: string | undefined;
  readonly name: string;
}

const kindByCollection: ReadonlyMap<string, ResourceKind> = new Map(
  Object.entries(resources).map(([kind, { base, plural }]) => [`${base}/${plural}`, kind as ResourceKind]),
);

/** Which object the path of a request is about, or of whose subresource; undefined for collections and for other kinds. */
export function resourceAt(path: string): ResourceAt | undefined {
  const [, base, namespace, plural, name] =
    /^(\/api\/v1|\/apis\/[^/]+\/[^/]+)(?:\/namespaces\/([^/]+)(?=\/))?\/([^/?]+)\/([^/?]+)/.exec(path) ?? [];
  const kind = kindByCollection.get(`${base}/${plural}`);
  return kind && name !== undefined ? { kind, namespace, name } : undefined;
}

/** Of which kind the list is that the path of a request asks for; undefined for other kinds. */
export function collectionAt(path: string): ResourceKind | undefined {
  const [, base, plural] =
    /^(\/api\/v1|\/apis\/[^/]+\/[^/]+)(?:\/namespaces\/[^/?]+(?=\/))?\/([^/?]+)(?:\?|$)/.exec(path) ?? [];
  return kindByCollection.get(`${base}/${plural}`);
}

/** The namespace that a list of the API is asked of; undefined for all, and for kinds without namespaces. */
export function namespaceOfCollection(path: string): string | undefined {
  return /^\/apis?\/.*\/namespaces\/([^/?]+)\/[^/?]+(?:\?|$)/.exec(path)?.[1];
}

/** kubectl's name of a kind's resource, as a Status has it in `details.kind`. */
export function pluralOf(kind: ResourceKind): string {
  return resources[kind].plural;
}

/** Whether a namespace can be called so: a DNS label (RFC 1123; apimachinery, validation.IsDNS1123Label). */
export function isNamespaceName(text: string): boolean {
  return text.length <= 63 && /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/.test(text);
}
