import { type Topic, topicRows } from './topics.ts';

/** Kinds that are not topics. Their objects are read or written one by one. */
const beside = { Namespace: 'namespaces' } as const;

type KindOf<Row> = Row extends { readonly kind: infer Kind extends string } ? Kind : never;

/** A kind that this plugin reads or writes. */
export type ResourceKind = KindOf<(typeof topicRows)[Topic]> | keyof typeof beside;

/** The API server's path of each kind, and kubectl's name for the kind. */
const resources = Object.fromEntries([
  ...Object.entries(beside).map(([kind, plural]) => [kind, { base: '/api/v1', plural }] as const),
  ...Object.values(topicRows).flatMap(({ kind, apiVersion, resource }) =>
    kind === undefined
      ? []
      : [[kind, { base: apiVersion === 'v1' ? '/api/v1' : `/apis/${apiVersion}`, plural: resource ?? '' }] as const],
  ),
]) as Readonly<Record<ResourceKind, { readonly base: string; readonly plural: string }>>;

/** The path of all objects of a kind in a namespace. Null means all namespaces, or a kind without namespaces. */
export function collectionPath(kind: ResourceKind, namespace: string | null): string {
  const { base, plural } = resources[kind];
  return namespace === null ? `${base}/${plural}` : `${base}/namespaces/${namespace}/${plural}`;
}

/** The path of one object. The namespace is '' for kinds without namespaces. */
export function objectPath(kind: ResourceKind, namespace: string, name: string): string {
  return `${collectionPath(kind, namespace || null)}/${name}`;
}

/** An object of a kind that this plugin uses. */
export interface ResourceAt {
  readonly kind: ResourceKind;
  /** The namespace of the object; undefined for kinds without namespaces. */
  readonly namespace: string | undefined;
  readonly name: string;
}

const kindByCollection: ReadonlyMap<string, ResourceKind> = new Map(
  Object.entries(resources).map(([kind, { base, plural }]) => [`${base}/${plural}`, kind as ResourceKind]),
);

/**
 * The object at the path of a request. For a subresource, the object to which the subresource belongs. Undefined for
 * collections and for kinds that this plugin does not use.
 */
export function resourceAt(path: string): ResourceAt | undefined {
  const [, base, namespace, plural, name] =
    /^(\/api\/v1|\/apis\/[^/]+\/[^/]+)(?:\/namespaces\/([^/]+)(?=\/))?\/([^/?]+)\/([^/?]+)/.exec(path) ?? [];
  const kind = kindByCollection.get(`${base}/${plural}`);
  return kind && name !== undefined ? { kind, namespace, name } : undefined;
}

/** The kind of the list at a request's path; undefined for kinds that this plugin does not use. */
export function collectionAt(path: string): ResourceKind | undefined {
  const [, base, plural] =
    /^(\/api\/v1|\/apis\/[^/]+\/[^/]+)(?:\/namespaces\/[^/?]+(?=\/))?\/([^/?]+)(?:\?|$)/.exec(path) ?? [];
  return kindByCollection.get(`${base}/${plural}`);
}

/** The namespace of a list's path; undefined for all namespaces and for kinds without namespaces. */
export function namespaceOfCollection(path: string): string | undefined {
  return /^\/apis?\/.*\/namespaces\/([^/?]+)\/[^/?]+(?:\?|$)/.exec(path)?.[1];
}

/** kubectl's name of a kind's resource, as in `details.kind` of a Status. */
export function pluralOf(kind: ResourceKind): string {
  return resources[kind].plural;
}

/** Whether the text is a valid namespace name: a DNS label (RFC 1123; apimachinery, validation.IsDNS1123Label). */
export function isNamespaceName(text: string): boolean {
  return text.length <= 63 && /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/.test(text);
}
