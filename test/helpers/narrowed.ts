import { lookAtPath } from '../../src/commands/doctor/look-at-path.ts';
import type { NamedPath } from '../../src/doctor/path-requests.ts';
import { triedReads } from '../../src/doctor/subjects/needed-access.ts';
import { doctorRequests, furtherLists, mostLists } from '../../src/doctor/what-to-collect.ts';
import type { WithMetadata } from '../../src/snapshot/object-reference.ts';
import { namespaceOfCollection } from '../../src/snapshot/resource-paths.ts';
import { parseFieldSelector, parseLabelSelector } from '../../src/snapshot/selector.ts';
import { type Snapshot, snapshotOf, type TopicRequest, type TopicRequests } from '../../src/snapshot/snapshot.ts';
import { allTopics, itemsOf, type Observation, type Topic, topicRows } from '../../src/snapshot/topics.ts';

type Topics = Snapshot['topics'];

/** A cluster of one namespace, and the answers that it gives to list requests. */
export interface AnsweringCluster {
  /** What is known without a list: the context, the API groups, the version, what was called. */
  readonly about: Snapshot & { readonly namespace: string };
  answer(requests: TopicRequests): Partial<Topics>;
}

/** The two views of the same cluster. */
export interface BothViews {
  /** What `doctor` reads if it needs everything, as with `--save`. */
  readonly full: Snapshot;
  /** What it reads for the path of one SkyPilot cluster. */
  readonly narrowed: Snapshot;
  /** The requests for the path, one entry for each round. */
  readonly rounds: readonly TopicRequests[];
}

/** Looks at a cluster twice, with the requests of the doctor itself. */
export async function bothViewsOf(cluster: AnsweringCluster, path: NamedPath): Promise<BothViews> {
  const { about } = cluster;
  const { namespace, topics } = about;
  const { skyConfig, probes, podProbes, apiGroups, serverVersion } = topics;
  const withoutRequests = { skyConfig, probes, podProbes };
  const requests = doctorRequests({ namespace, ingressService: path.ingressService });
  const first = snapshotOf(about, { ...withoutRequests, apiGroups, serverVersion, ...cluster.answer(requests) });
  const further = cluster.answer(furtherLists(first, mostLists - Object.keys(requests).length));
  const rounds: TopicRequests[] = [];
  const answer = (asked: TopicRequests) => {
    rounds.push(asked);
    return cluster.answer(asked);
  };
  const seen = await lookAtPath(
    {
      collect: async (look) => snapshotOf(about, { ...withoutRequests, ...answer(look.requests) }),
      observeAll: async (asked) => answer(asked),
      apiGroups: async () => apiGroups,
      serverVersion: async () => serverVersion,
    },
    namespace,
    path,
  );
  const full = { ...first, topics: { ...first.topics, ...further } };
  return { full: withReads(full, topics), narrowed: withReads(seen, topics), rounds };
}

/** What was listed shows what the user may list; what the user may write was reviewed. */
function withReads(snapshot: Snapshot, { accessReviews }: Topics): Snapshot {
  if (!accessReviews.observed) return { ...snapshot, topics: { ...snapshot.topics, accessReviews } };
  const writes = accessReviews.items.filter(({ spec }) => spec.resourceAttributes?.verb !== 'list');
  const reviews = { ...accessReviews, items: [...triedReads(snapshot), ...writes] };
  return { ...snapshot, topics: { ...snapshot.topics, accessReviews: reviews } };
}

/**
 * A cluster with the lists of a snapshot. A request gets the objects of its topic that are in its namespace and that its
 * selectors take. A list that was refused, or that the snapshot lacks, stays so.
 */
export function clusterOf(snapshot: Snapshot & { readonly namespace: string }): AnsweringCluster {
  const about = { ...snapshot, topics: { ...snapshot.topics, apiGroups: servedGroups(snapshot.topics) } };
  const answer = (requests: TopicRequests) =>
    Object.fromEntries(
      (Object.entries(requests) as [Topic, TopicRequest][]).map(([topic, request]) => [
        topic,
        taken(snapshot.topics[topic], request),
      ]),
    );
  return { about, answer };
}

/** A live API server always says which groups it serves: at least those whose objects the snapshot has. */
function servedGroups(topics: Topics): Topics['apiGroups'] {
  const isServed = (topic: Topic) => {
    const list = topics[topic];
    return list.observed || !['not-served', 'not-collected'].includes(list.reason);
  };
  const groups = allTopics.filter(isServed).map((topic) => topicRows[topic].apiGroup);
  const known = itemsOf(topics.apiGroups).map(({ name }) => name);
  const items = [...new Set([...known, ...groups])].filter((name) => name !== '').map((name) => ({ name: name! }));
  return { observed: true, items, resourceVersion: '', cutOff: false };
}

/** The answer to a request, by the rules of the Kubernetes API for namespaces and selectors. */
function taken(list: Observation<object>, { path, labelSelector, fieldSelector }: TopicRequest): Observation<object> {
  if (!list.observed) return list;
  const namespace = namespaceOfCollection(path);
  const takesLabels = parseLabelSelector(labelSelector ?? '');
  const takesFields = parseFieldSelector(fieldSelector ?? '');
  const items = (list.items as readonly WithMetadata[]).filter(
    (item) =>
      (namespace === undefined || item.metadata?.namespace === namespace) &&
      takesLabels(item.metadata?.labels ?? {}) &&
      takesFields(item),
  );
  return { ...list, items };
}
