import { type Topic, topicRows } from './topics.ts';

/** Kinds without a topic. Their objects are read or written one by one. */
const beside = { Namespace: 'namespaces', Secret: 'secrets' } as const;

type KindOf<Row> = Row extends { readonly kind: infer Kind extends string } ? Kind : never;

/** A kind that this plugin reads or writes. */
export type ResourceKind = KindOf<(typeof topicRows)[Topic]> | keyof typeof beside;

/** For each kind, its path on the API server, and kubectl's name for it. */
const resources = Object.fromEntries([
  ...Object.entries(beside).map(([kind, plural]) => [kind, { base: '/api/v1', plural }] as const),
  ...Object.values(topicRows).flatMap(({ kind, apiVersion, resource }) =>
    kind === undefined
      ? []
      : [[kind, { base: apiVersion === 'v1' ? '/api/v1' : `/apis/${apiVersion}`, plural: resource ?? '' }] as const],
  ),
]) as Readonly<Record<ResourceKind, { readonly base: string; readonly plural: string }>>;

/**
 * The path of all objects of a kind in a namespace. The namespace is null for all namespaces, and for a kind without
 * namespaces.
 */
export function collectionPath(kind: ResourceKind, namespace: string | null): string {
  const { base, plural } = resources[kind];
  return namespace === null ? `${base}/${plural}` : `${base}/namespaces/${namespace}/${plural}`;
}

/** The path of one object. The namespace is '' for a kind without namespaces. */
export function objectPath(kind: ResourceKind, namespace: string, name: string): string {
  return `${collectionPath(kind, namespace || null)}/${name}`;
}

/** An object of a kind that this plugin uses. */
export interface ResourceAt {
  readonly kind: ResourceKind;
  /** The namespace of the object; undefined for a kind without namespaces. */
  readonly namespace: string | undefined;
  readonly name: string;
}

const kindByCollection: ReadonlyMap<string, ResourceKind> = new Map(
  Object.entries(resources).map(([kind, { base, plural }]) => [`${base}/${plural}`, kind as ResourceKind]),
);

/**
 * The object at the path of a request. For a subresource such as `/status`, it is the object of this subresource.
 * Undefined for a collection, and for a kind that this plugin does not use.
 */
export function resourceAt(path: string): ResourceAt | undefined {
  const [, base, namespace, plural, name] =
    /^(\/api\/v1|\/apis\/[^/]+\/[^/]+)(?:\/namespaces\/([^/]+)(?=\/))?\/([^/?]+)\/([^/?]+)/.exec(path) ?? [];
  const kind = kindByCollection.get(`${base}/${plural}`);
  return kind && name !== undefined ? { kind, namespace, name } : undefined;
}

/** The kind of the list at the path of a request; undefined if this plugin does not use the kind. */
export function collectionAt(path: string): ResourceKind | undefined {
  const [, base, plural] =
    /^(\/api\/v1|\/apis\/[^/]+\/[^/]+)(?:\/namespaces\/[^/?]+(?=\/))?\/([^/?]+)(?:\?|$)/.exec(path) ?? [];
  return kindByCollection.get(`${base}/${plural}`);
}

/** The namespace in the path of a list; undefined for all namespaces, and for a kind without namespaces. */
export function namespaceOfCollection(path: string): string | undefined {
  return /^\/apis?\/.*\/namespaces\/([^/?]+)\/[^/?]+(?:\?|$)/.exec(path)?.[1];
}

/** kubectl's name of a kind, such as `services`. `details.kind` of a Status contains the same name. */
export function pluralOf(kind: ResourceKind): string {
  return resources[kind].plural;
}

/** Whether the text can be the name of a namespace: a DNS label (RFC 1123; apimachinery, validation.IsDNS1123Label). */
export function isNamespaceName(text: string): boolean {
  return text.length <= 63 && /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/.test(text);
}
