import type { Endpoint } from '../exposure/endpoint.ts';
import type { ExposeMode } from '../exposure/port-mode-names.ts';
import { indexSnapshot, type SharedIndices, type SnapshotIndex } from '../exposure/snapshot-index.ts';
import { allModes } from '../modes/all-modes.ts';
import { resolveEndpoints } from '../modes/resolve-endpoints.ts';
import type { SkyCluster } from '../skypilot/sky-cluster.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import { allTopics, type Observation, type Topic, type TopicObjects, topicRows } from '../snapshot/topics.ts';

/** What is judged. */
export interface Subject {
  /** The SkyPilot cluster that was named; undefined judges all that are seen. */
  readonly skyCluster:
    | { readonly namespace: string; readonly nameOnCloud: string; readonly displayName: string }
    | undefined;
  /** Service ports; undefined judges all. */
  readonly ports: readonly number[] | undefined;
  /** Judges this mode although nobody may use it yet; undefined judges the modes in use. */
  readonly mode: ExposeMode | undefined;
  /** `NAMESPACE/NAME` of the ingress controller's Service, when the user says which. */
  readonly ingressService?: string | undefined;
}

/** What one check gets to see: the topics it declares, and nothing else. */
export interface CheckContext<Needs extends Topic = Topic, Wants extends Topic = Topic> {
  readonly context: string;
  /** Null: all namespaces. */
  readonly namespace: string | null;
  /** ISO 8601, when the snapshot was taken. */
  readonly takenAt: string;
  readonly subject: Subject;
  /** Items of the topics that the check needs: it is not asked unless all were seen. */
  readonly seen: { readonly [T in Needs]: readonly TopicObjects[T][] };
  /** Topics that make a finding better, and may not have been seen. */
  readonly perhaps: { readonly [T in Wants]: Observation<TopicObjects[T]> };
  /** The domain's look-ups over the declared topics alone; undeclared ones are as if nobody had asked for them. */
  readonly view: SnapshotIndex;
}

const hidden = { observed: false, reason: 'not-collected', message: 'not declared by the check' } as const;
const allHidden = Object.fromEntries(allTopics.map((topic) => [topic, hidden])) as unknown as Snapshot['topics'];

/** Makes the scene of a check out of the whole snapshot. */
export function checkContextOf<Needs extends Topic, Wants extends Topic>(
  snapshot: Snapshot,
  subject: Subject,
  needs: readonly Needs[],
  wants: readonly Wants[],
  shared?: SharedIndices,
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
        { ingressService: subject.ingressService, ...(shared && { shared }) },
      );
      return view;
    },
  };
}

function byTopic(topics: readonly Topic[], look: (topic: Topic) => unknown): Partial<Snapshot['topics']> {
  return Object.fromEntries(topics.map((topic) => [topic, look(topic)]));
}

/** The SkyPilot clusters that are judged, out of what the check may see. */
export function skyClustersOf({ view, subject }: Pick<CheckContext, 'view' | 'subject'>): readonly SkyCluster[] {
  const named = subject.skyCluster;
  if (!named) return view.skyClusters;
  return view.skyClusters.filter(
    ({ namespace, nameOnCloud }) => namespace === named.namespace && nameOnCloud === named.nameOnCloud,
  );
}

/** The endpoints that are judged, resolved from what the check may see; checks that see the same share them. */
export function endpointsOf({ view, subject }: Pick<CheckContext, 'view' | 'subject'>): readonly Endpoint[] {
  const { topics } = view.snapshot;
  const read = allTopics.filter((topic) => topicRows[topic].endpoints);
  return view.shared(
    `endpoints ${subjectKey(subject)}`,
    read.map((topic) => topics[topic]),
    () => resolve(view, subject),
  );
}

function subjectKey({ skyCluster, ports, mode }: Subject): string {
  return `${skyCluster ? clusterKey(skyCluster) : ''} ${ports ?? ''} ${mode ?? ''}`;
}

function resolve(view: SnapshotIndex, { skyCluster, ports, mode }: Subject): readonly Endpoint[] {
  const rows = resolveEndpoints(view, {
    skyClusters: skyCluster && [skyCluster],
    modes: mode && [mode],
  });
  return rows.filter((row) => allModes[row.mode].recordsPorts && (!ports || ports.includes(row.port)));
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
