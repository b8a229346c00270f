import { doctorRequests, furtherLists } from '../../src/doctor/what-to-collect.ts';
import { dumpOf, snapshotFromDump } from '../../src/snapshot/dump.ts';
import { answersFrom, type KubectlOutput, readKubectlOutput } from '../../src/snapshot/kubectl-output.ts';
import type { Snapshot } from '../../src/snapshot/snapshot.ts';
import { allTopics, type Observed, type Topic, topicRows } from '../../src/snapshot/topics.ts';
import type { Json } from './cluster.ts';
import { documentsOf, type Scenario } from './scenario.ts';

/** A scenario as a snapshot and as kubectl's output, both without what the other cannot hold. */
export interface BothForms {
  /** What the doctor gets with `-f`. */
  readonly snapshot: string;
  readonly kubectl: string;
  /** The scenario's words and flags, for both forms. */
  readonly arguments: readonly string[];
}

/**
 * Writes a scenario in both forms, or says why that is not possible. The objects are all that both have:
 *
 * - topics without a kind and access reviews are no objects that are stored: kubectl cannot print them. Of the API groups,
 *   those of the objects are left.
 * - a list that was refused has no counterpart. If all namespaces were refused, and one was not, kubectl prints one
 *   namespace; else all topics of the kind are taken out.
 * - a kind without objects does not appear in a List, so its topics are taken out
 */
export function inBothForms(scenario: Scenario): BothForms | { readonly why: string } {
  const [dump] = documentsOf(scenario);
  if (dump.kind !== 'Snapshot') return { why: "it is kubectl's output" };
  const { namespace, takenAt } = dump.metadata;
  const refused = storedTopicsIn(dump).filter((topic) => dump.topics[topic].kind === 'Status');
  const isOfOneNamespace = namespace !== null && refused.some(isBeyond);
  const refusedKinds = kindsOf(isOfOneNamespace ? refused.filter((topic) => !isBeyond(topic)) : refused);
  const shown = storedTopicsIn(dump).filter(
    (topic) => !refusedKinds.has(topicRows[topic].kind) && !(isOfOneNamespace && isBeyond(topic)),
  );
  const objects = objectsIn(dump, shown);
  const kinds = new Set(objects.map(({ kind }) => kind));
  if (!kinds.has('Pod') && !kinds.has('Service')) return { why: 'no Pods and no Services may be listed' };
  const ofAll = isOfOneNamespace ? [] : ofEveryCluster.filter(({ kind }) => kinds.has(kind));
  const items = [...objects, ...ofAll, heartbeat(takenAt)];
  const topics = Object.fromEntries(
    shown.filter((topic) => kinds.has(topicRows[topic].kind)).map((topic) => [topic, dump.topics[topic]]),
  );
  const bare = snapshotFromDump(structuredClone({ ...dump, topics }));
  const { apiGroups } = readKubectlOutput([{ kind: 'List', items: structuredClone(items) }]);
  const groups = { ...bare, topics: { ...bare.topics, apiGroups: observed(apiGroups) } };
  const snapshot = dumpOf(isOfOneNamespace ? groups : completed(groups, items));
  return {
    // The names of context and server are signs, and kubectl's output does not have them.
    snapshot: JSON.stringify({ ...snapshot, metadata: { context: '', namespace, takenAt } }),
    kubectl: JSON.stringify({ apiVersion: 'v1', kind: 'List', items }),
    arguments: [...scenario.arguments, ...(namespace === null ? [] : ['-n', namespace])],
  };
}

const observed = <T>(items: readonly T[]): Observed<T> => ({
  observed: true,
  items,
  resourceVersion: '',
  cutOff: true,
});

/** Topics of a dump whose objects kubectl can print. */
const storedTopicsIn = ({ topics }: Json) =>
  allTopics.filter((topic) => topics[topic] && topicRows[topic].kind !== undefined && topic !== 'accessReviews');

const kindsOf = (topics: readonly Topic[]) => new Set(topics.map((topic) => topicRows[topic].kind));

/** Kinds that are not in namespaces. */
const withoutNamespace = ['Node', 'IngressClass', 'ValidatingWebhookConfiguration', 'CiliumLoadBalancerIPPool'];

/** Whether a topic has objects of other namespaces than the one that is looked at. */
const isBeyond = (topic: Topic) =>
  topicRows[topic].namespace !== 'scope' && !withoutNamespace.includes(topicRows[topic].kind ?? '');

/** The objects of these topics once, as kubectl prints them. */
function objectsIn(dump: Json, topics: readonly Topic[]): Json[] {
  const objects = new Map<string, Json>();
  for (const topic of topics) {
    const { kind, apiVersion } = topicRows[topic];
    for (const item of dump.topics[topic].items ?? []) {
      objects.set(`${kind} ${item.metadata.namespace}/${item.metadata.name}`, { apiVersion, ...item, kind });
    }
  }
  return [...objects.values()];
}

/** A snapshot with the lists that a live look asks for and the scenario does not have, of the kinds that it has. */
function completed(snapshot: Snapshot, objects: readonly Json[]): Snapshot {
  const cluster: KubectlOutput = {
    objects: Map.groupBy(structuredClone(objects), ({ kind }) => kind),
    ...{ namespace: null, isWhole: true, apiGroups: [], newest: undefined },
  };
  const withMore = (seen: Snapshot, requests: ReturnType<typeof doctorRequests>): Snapshot => {
    const unseen = Object.entries(requests).filter(([topic]) => !seen.topics[topic as Topic].observed);
    return { ...seen, topics: { ...seen.topics, ...answersFrom(cluster, Object.fromEntries(unseen)) } };
  };
  const first = withMore(snapshot, doctorRequests({ namespace: snapshot.namespace }));
  return withMore(first, furtherLists(first, Number.POSITIVE_INFINITY));
}

/** What `kubectl get -A` prints in every cluster. */
const ofEveryCluster: readonly Json[] = [
  {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'kubernetes', namespace: 'default' },
    spec: { type: 'ClusterIP' },
  },
  {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'kube-dns', namespace: 'kube-system' },
    spec: { type: 'ClusterIP' },
  },
];

/** A record of the time when kubectl was called. */
function heartbeat(renewTime: string): Json {
  const metadata = { name: 'sky-node', namespace: 'kube-node-lease' };
  return { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata, spec: { renewTime } };
}
