import type { SelfSubjectAccessReview } from 'kubernetes-types/authorization/v1';
import type { ExposeMode } from '../../exposure/port-mode-names.ts';
import { writtenModeOf } from '../../modes/all-modes.ts';
import type { Snapshot } from '../../snapshot/snapshot.ts';
import { allTopics, itemsOf, type Topic, type TopicRow, topicRows } from '../../snapshot/topics.ts';
import { configMapNamespaceOf } from './controller-settings.ts';
import { namespaceOfIstiod } from './mesh-mode.ts';

/** A permission that the plugin's commands may need. */
export interface NeededAccess {
  readonly verb: string;
  readonly group: string;
  readonly resource: string;
  readonly subresource?: string;
  /** The namespace; absent means all namespaces, or a kind without namespaces. */
  readonly namespace?: string;
}

/**
 * The permissions that `expose` and `unexpose` need. Only an access review can show whether the user has them.
 *
 * @param namespace null means all namespaces
 */
export function neededWrites(namespace: string | null): NeededAccess[] {
  const place = namespace === null ? {} : { namespace };
  return ['create', 'patch', 'delete'].flatMap((verb) => [
    { verb, group: '', resource: 'services', ...place },
    { verb, group: 'networking.k8s.io', resource: 'ingresses', ...place },
  ]);
}

/**
 * Whether the user may write the objects of a mode. Dry runs need the same permissions. The API server authorizes a
 * server-side apply as patch. If the object does not exist yet, the server also requires the permission for create.
 * True if the snapshot has no access review about these permissions.
 */
export function mayTryWrites({ topics }: Pick<Snapshot, 'topics'>, mode: ExposeMode, namespace: string): boolean {
  const needed: readonly string[] = writtenModeOf(mode)?.topics ?? [];
  return itemsOf(topics.accessReviews).every(({ spec: { resourceAttributes: asked }, status }) => {
    const isNeeded = needed.includes(asked?.resource ?? '') && ['create', 'patch'].includes(asked?.verb ?? '');
    return !isNeeded || asked?.namespace !== namespace || status?.allowed === true;
  });
}

/** The topics that `endpoints` reads. */
const neededTopics: readonly Topic[] = [
  'pods',
  'services',
  'endpointSlices',
  'ingresses',
  'ingressClasses',
  'ingressNginxServices',
];

/**
 * The results of the snapshot's lists, in the form of access reviews. A refused list proves more than a review, and
 * needs no additional request.
 */
export function triedReads({ namespace, topics }: Pick<Snapshot, 'namespace' | 'topics'>): SelfSubjectAccessReview[] {
  return readsOf(neededTopics, { namespace, topics });
}

/**
 * All refused lists of the snapshot, in the form of access reviews. A Role with these permissions lets the doctor
 * read everything that it needs.
 */
export function refusedReads(snapshot: Pick<Snapshot, 'namespace' | 'topics'>): SelfSubjectAccessReview[] {
  const listed = allTopics.filter((topic) => topic !== 'accessReviews' && topicRows[topic].resource !== undefined);
  return readsOf(listed, snapshot).filter(({ status }) => !status?.allowed);
}

function readsOf(
  tried: readonly Topic[],
  { namespace, topics }: Pick<Snapshot, 'namespace' | 'topics'>,
): SelfSubjectAccessReview[] {
  return tried.flatMap((topic) => {
    const observation = topics[topic];
    if (!observation.observed && observation.reason !== 'forbidden') return [];
    const { resource = topic, apiGroup, alsoGroup, namespace: place } = topicRows[topic] as TopicRow<never>;
    const isServed = (group: string) => itemsOf(topics.apiGroups).some(({ name }) => name === group);
    const group = alsoGroup !== undefined && isServed(alsoGroup) && !isServed(apiGroup) ? alsoGroup : apiGroup;
    const where =
      topic === 'controllerConfigMaps'
        ? configMapNamespaceOf({ topics })
        : topic === 'istioConfigMaps'
          ? (namespaceOfIstiod(topics.webhooks) ?? null)
          : place === 'scope'
            ? namespace
            : place;
    const resourceAttributes = { verb: 'list', group, resource, ...(where === null ? {} : { namespace: where }) };
    const status = {
      allowed: observation.observed,
      reason: `the list was ${observation.observed ? 'answered' : 'refused'}`,
    };
    return {
      apiVersion: 'authorization.k8s.io/v1',
      kind: 'SelfSubjectAccessReview',
      spec: { resourceAttributes },
      status,
    };
  });
}
