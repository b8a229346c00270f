import type { Endpoint } from '../exposure/endpoint.ts';
import type { ExposeMode } from '../exposure/port-mode-names.ts';
import { indexSnapshot, type SnapshotIndex } from '../exposure/snapshot-index.ts';
import { allModes } from '../modes/all-modes.ts';
import { resolveEndpoints } from '../modes/resolve-endpoints.ts';
import type { SkyCluster } from '../skypilot/sky-cluster.ts';
import type { QuotaCounts } from '../snapshot/dry-run.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import { allTopics, type Observation, type Topic, type TopicObjects } from '../snapshot/topics.ts';

/** The part of the snapshot that a diagnosis is about. */
export interface Subject {
  /** The SkyPilot cluster that the user named; undefined means all SkyPilot clusters. */
  readonly skyCluster:
    | { readonly namespace: string; readonly nameOnCloud: string; readonly displayName: string }
    | undefined;
  /** The Service ports to check; undefined means all ports. */
  readonly ports: readonly number[] | undefined;
  /** The mode that the user asks about (`--mode`), even if no port uses it yet. Undefined means the modes in use. */
  readonly mode: ExposeMode | undefined;
  /** `NAMESPACE/NAME` of the ingress controller's Service, if the user named it. */
  readonly ingressService?: string | undefined;
  /** The objects that the mode would write. Without them, checks assume one port of a new SkyPilot cluster. */
  readonly planned?: PlannedObjects | undefined;
}

/** The namespaces of the objects that a mode would write, and how much of quotas these objects would use. */
export interface PlannedObjects {
  /** The namespaces of the objects; empty if the namespaces are not known. */
  readonly namespaces: readonly string[];
  /** How much all of these objects together would use of quotas; empty if nothing would be written. */
  readonly counts: QuotaCounts;
}

/** The input of one check. It only contains the topics that the check declares. */
export interface CheckContext<Needs extends Topic = Topic, Wants extends Topic = Topic> {
  readonly context: string;
  /** The namespace of the snapshot; null means all namespaces. */
  readonly namespace: string | null;
  /** The time when the snapshot was taken, ISO 8601. */
  readonly takenAt: string;
  readonly subject: Subject;
  /** The items of the topics that the check needs. The check only runs if all of these topics were seen. */
  readonly seen: { readonly [T in Needs]: readonly TopicObjects[T][] };
  /** Optional topics, which add facts to a finding. Some of them may not have been seen. */
  readonly perhaps: { readonly [T in Wants]: Observation<TopicObjects[T]> };
  /** The index of the snapshot with only the declared topics. All other topics count as not collected. */
  readonly view: SnapshotIndex;
}

const hidden = { observed: false, reason: 'not-collected', message: 'not declared by the check' } as const;
const allHidden = Object.fromEntries(allTopics.map((topic) => [topic, hidden])) as unknown as Snapshot['topics'];

/**
 * Creates the context of a check from the whole snapshot.
 *
 * @param whole the index of this snapshot, from which the endpoints of all checks are computed once. Without it, they are
 * computed from the topics of the check
 */
export function checkContextOf<Needs extends Topic, Wants extends Topic>(
  snapshot: Snapshot,
  subject: Subject,
  needs: readonly Needs[],
  wants: readonly Wants[],
  whole?: SnapshotIndex,
): CheckContext<Needs, Wants> {
  const { context, namespace, takenAt, topics } = snapshot;
  let view: SnapshotIndex | undefined;
  return {
    context,
    namespace,
    takenAt,
    subject,
    seen: byTopic(needs, (topic) => {
      const observation = topics[topic];
      return observation.observed ? observation.items : [];
    }) as CheckContext<Needs, Wants>['seen'],
    perhaps: byTopic(wants, (topic) => topics[topic]) as CheckContext<Needs, Wants>['perhaps'],
    get view() {
      view ??= indexSnapshot(
        { ...snapshot, topics: { ...allHidden, ...byTopic([...needs, ...wants], (topic) => topics[topic]) } },
        { ingressService: subject.ingressService, ...(whole && { whole, shared: whole.shared }) },
      );
      return view;
    },
  };
}

function byTopic(topics: readonly Topic[], look: (topic: Topic) => unknown): Partial<Snapshot['topics']> {
  return Object.fromEntries(topics.map((topic) => [topic, look(topic)]));
}

/** The SkyPilot clusters to check. They are computed from the topics of the check. */
export function skyClustersOf({ view, subject }: Pick<CheckContext, 'view' | 'subject'>): readonly SkyCluster[] {
  const named = subject.skyCluster;
  if (!named) return view.skyClusters;
  return view.skyClusters.filter(
    ({ namespace, nameOnCloud }) => namespace === named.namespace && nameOnCloud === named.nameOnCloud,
  );
}

/**
 * The endpoints to check. All checks share them, although most checks declare only some of the topics from which they are
 * computed. A test requires that the other topics do not change what a check reports (test/doctor/checks.test.ts).
 */
export function endpointsOf({ view: { whole }, subject }: Pick<CheckContext, 'view' | 'subject'>): readonly Endpoint[] {
  const all = resolvedRows(whole);
  const { skyCluster, ports, mode } = subject;
  const key = skyCluster && clusterKey(skyCluster);
  return whole.shared(`endpoints ${subjectKey(subject)}`, [all], () =>
    all.filter(
      (row) =>
        allModes[row.mode].recordsPorts &&
        (key === undefined || clusterKey(row) === key) &&
        (!ports || ports.includes(row.port)) &&
        (!mode || row.mode === mode),
    ),
  );
}

/** The endpoints of all SkyPilot clusters in the view. Two views share them if they have the same lists. */
function resolvedRows({ snapshot, ingressService, shared }: SnapshotIndex): readonly Endpoint[] {
  const known = shared(`rows ${ingressService}`, [snapshot.topics.services], (): KnownRows[] => []);
  const earlier = known.find(({ read }) => [...read].every(([topic, list]) => snapshot.topics[topic] === list));
  if (earlier) return earlier.rows;
  const read: KnownRows['read'] = new Map();
  const topics = new Proxy(snapshot.topics, {
    get(lists, topic: Topic) {
      read.set(topic, lists[topic]);
      return lists[topic];
    },
  });
  const rows = resolveEndpoints(indexSnapshot({ ...snapshot, topics }, { ingressService, shared }));
  known.push({ read, rows });
  return rows;
}

/** The name of a value in `SnapshotIndex.shared`, for values that depend on what the user asks about. */
export function subjectKey({ skyCluster, ports, mode }: Subject): string {
  return `${skyCluster ? clusterKey(skyCluster) : ''} ${ports ?? ''} ${mode ?? ''}`;
}

interface KnownRows {
  /** The lists from which the endpoints were computed. */
  readonly read: Map<Topic, Observation<unknown>>;
  readonly rows: readonly Endpoint[];
}

/** The key of a SkyPilot cluster in `Finding.about`. */
export function clusterKey({
  namespace,
  nameOnCloud,
}: {
  readonly namespace: string;
  readonly nameOnCloud: string;
}): string {
  return `${namespace}/${nameOnCloud}`;
}
