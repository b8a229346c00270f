import type { SelfSubjectAccessReview } from 'kubernetes-types/authorization/v1';
import type { Snapshot } from '../../snapshot/snapshot.ts';
import { allTopics, type Topic, topicRows } from '../../snapshot/topics.ts';

/** One thing that the plugin's commands may have to do. */
export interface NeededAccess {
  readonly verb: string;
  readonly group: string;
  readonly resource: string;
  /** Absent: in all namespaces, or a kind without namespaces. */
  readonly namespace?: string;
}

/** What `expose` and `unexpose` write in a namespace; null asks for all namespaces. The API server has to be asked for these. */
export function neededWrites(namespace: string | null): NeededAccess[] {
  const place = namespace === null ? {} : { namespace };
  return ['create', 'patch', 'delete'].flatMap((verb) => [
    { verb, group: '', resource: 'services', ...place },
    { verb, group: 'networking.k8s.io', resource: 'ingresses', ...place },
  ]);
}

/** What `endpoints` reads. */
const neededTopics: readonly Topic[] = [
  'pods',
  'services',
  'endpointSlices',
  'ingresses',
  'ingressClasses',
  'ingressNginxServices',
];

/**
 * What the lists of a look have answered about the right to make them, in the words of an access review: a list that was
 * refused says more than a question about it, and costs no further request.
 */
export function triedReads({ namespace, topics }: Pick<Snapshot, 'namespace' | 'topics'>): SelfSubjectAccessReview[] {
  return readsOf(neededTopics, { namespace, topics });
}

/** All lists of a look that were refused, in the words of an access review: what a Role must grant so that the doctor sees all. */
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
    const { resource = topic, apiGroup: group, namespace: place } = topicRows[topic];
    const where = place === 'scope' ? namespace : place;
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
