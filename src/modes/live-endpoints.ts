import { ClusterLinks, isLinked, linkedTopics, partOf, type Reach } from '../exposure/cluster-links.ts';
import type { Endpoint } from '../exposure/endpoint.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import type { TopicChange } from '../snapshot/topic-change.ts';
import { itemsOf, type Topic } from '../snapshot/topics.ts';

/** How the rows are computed from a snapshot, and from which. */
export interface LiveOptions {
  /** The rows of a snapshot. Called with a part of the snapshot, too: that of some SkyPilot clusters. */
  resolve(snapshot: Snapshot): readonly Endpoint[];
  /** The Service of the ingress controller (`NAMESPACE/NAME`), if the user named it. */
  readonly ingressService: string | undefined;
}

/** The rows of the SkyPilot clusters that changed. All other rows are the same as before. */
export interface ChangedRows {
  readonly before: readonly Endpoint[];
  readonly after: readonly Endpoint[];
}

/** The topics whose items `LiveEndpoints` keeps itself. A snapshot for it needs only their other fields. */
export const keptTopics: ReadonlySet<Topic> = new Set(linkedTopics);

/**
 * The rows of a snapshot that changes. A change works out only the rows of the SkyPilot clusters to which it belongs:
 * with thousands of SkyPilot clusters, all rows take a second.
 */
export class LiveEndpoints {
  readonly #options: LiveOptions;
  readonly #links: ClusterLinks;
  #rows: Map<string, readonly Endpoint[]>;
  #due: Set<string> | 'all' = new Set();

  /** @param first a snapshot with all items */
  constructor(first: Snapshot, options: LiveOptions) {
    this.#options = options;
    this.#links = new ClusterLinks(first, options.ingressService);
    this.#rows = byCluster(options.resolve(first));
  }

  /** All rows, in no order. */
  get rows(): readonly Endpoint[] {
    return [...this.#rows.values()].flat();
  }

  /** Takes over changes. `renew` computes the rows. */
  apply(changes: readonly TopicChange[]): void {
    for (const change of changes) this.#await(this.#reachOf(change));
  }

  #reachOf(change: TopicChange): Reach {
    if (!isLinked(change.topic)) return 'all';
    if ('listed' in change) return this.#links.list(change.topic, itemsOf(change.listed));
    return this.#links.apply(change.topic, change.before, change.after);
  }

  #await(reach: Reach): void {
    if (reach === 'all' || this.#due === 'all') this.#due = 'all';
    else for (const cluster of reach) this.#due.add(cluster);
  }

  /**
   * The part of the snapshot that the applied changes belong to: all of it, or the objects of some SkyPilot clusters.
   *
   * @param snapshotOf the snapshot after the changes. With `keptTopics`, these topics may lack their items
   */
  changedPart(snapshotOf: (emptied?: ReadonlySet<Topic>) => Snapshot): Snapshot {
    if (this.#due === 'all') return snapshotOf();
    const { topics, ...about } = snapshotOf(keptTopics);
    const objects = this.#links.objectsOf(this.#due);
    return {
      ...about,
      topics: {
        ...topics,
        pods: partOf(topics.pods, objects.pods),
        services: partOf(topics.services, objects.services),
        ingresses: partOf(topics.ingresses, objects.ingresses),
        endpointSlices: partOf(topics.endpointSlices, objects.endpointSlices),
        events: partOf(topics.events, objects.events),
        podEvents: partOf(topics.podEvents, objects.podEvents),
      },
    };
  }

  /**
   * Computes the rows that the applied changes may change.
   *
   * @param part the result of `changedPart` since the last change
   */
  renew(part: Snapshot): ChangedRows {
    const due = this.#due;
    this.#due = new Set();
    const now = this.#options.resolve(part);
    if (due === 'all') {
      const before = this.rows;
      this.#rows = byCluster(now);
      return { before, after: now };
    }
    const before = [...due].flatMap((cluster) => this.#rows.get(cluster) ?? []);
    // The part contains objects of further SkyPilot clusters, but not all of them.
    const after = now.filter((row) => due.has(clusterOf(row)));
    for (const cluster of due) this.#rows.delete(cluster);
    for (const [cluster, rows] of byCluster(after)) this.#rows.set(cluster, rows);
    return { before, after };
  }
}

function clusterOf({ namespace, nameOnCloud }: Endpoint): string {
  return `${namespace}/${nameOnCloud}`;
}

function byCluster(rows: readonly Endpoint[]): Map<string, readonly Endpoint[]> {
  return Map.groupBy(rows, clusterOf);
}
