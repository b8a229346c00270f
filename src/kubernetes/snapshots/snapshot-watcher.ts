import { setTimeout as delay } from 'node:timers/promises';
import { objectFault } from '../../snapshot/object-fault.ts';
import { keyOf, type WithMetadata } from '../../snapshot/object-reference.ts';
import type { Snapshot, TopicRequest, TopicRequests } from '../../snapshot/snapshot.ts';
import type { TopicChange } from '../../snapshot/topic-change.ts';
import { notCollected, type Observation, type Topic } from '../../snapshot/topics.ts';
import { ApiError } from '../api/api-error.ts';
import type { Connection } from '../api/connect.ts';
import { UnexpectedAnswerError } from '../api/expected-answer.ts';
import { observe } from './collect.ts';
import { KeptTopic } from './kept-topic.ts';

/**
 * Changes to related objects often arrive together, for example to a Service and its EndpointSlices. All changes within
 * this time become one group.
 */
const bunchMs = 50;
const retryMs = { first: 200, most: 5000 };
const maxRefusals = 5;

/** How to watch. */
export interface WatchOptions {
  /** Ends the watch. */
  readonly signal: AbortSignal;
  /** Receives the error message if the requests of a topic fail twice in succession. */
  onTrouble?(message: string): void;
}

/**
 * Keeps a snapshot up to date with one watch request for each observed topic. Goes on after a broken connection, an
 * expired version or a restart of the API server.
 */
export class SnapshotWatcher {
  readonly #connection: Connection;
  /** The topics that are not watched, and where the snapshot is from. */
  #rest: Snapshot;
  readonly #topics = new Map<Topic, KeptTopic>();
  readonly #ended = new AbortController();
  readonly #stop: AbortSignal;
  readonly #onTrouble: (message: string) => void;
  #changes: TopicChange[] = [];
  #isInTrouble = false;
  #isAwake = false;
  #error: unknown;
  #wake: (() => void) | undefined;

  constructor(connection: Connection, first: Snapshot, { signal, onTrouble = () => {} }: WatchOptions) {
    this.#connection = connection;
    this.#rest = first;
    this.#stop = AbortSignal.any([signal, this.#ended.signal]);
    this.#onTrouble = onTrouble;
    this.#stop.addEventListener('abort', () => this.#wake?.(), { once: true });
  }

  /** Watches these topics, too. A topic that was not collected is listed first. */
  watch(requests: TopicRequests): void {
    for (const [topic, request] of Object.entries(requests) as [Topic, TopicRequest][]) {
      if (this.#topics.has(topic)) continue;
      const kept = new KeptTopic(this.#rest.topics[topic]);
      this.#topics.set(topic, kept);
      // Do not keep the first list: its objects are replaced one after the other.
      this.#rest = { ...this.#rest, topics: { ...this.#rest.topics, [topic]: notCollected } };
      this.#reflect(topic, request, kept).catch((error) => {
        this.#error ??= error;
        this.#wake?.();
      });
    }
  }

  /**
   * Whether one of these lists is still being read. Without it, a new row would be Unknown for a moment. While requests
   * fail, nothing is awaited.
   */
  awaits(requests: TopicRequests): boolean {
    if (this.#isInTrouble) return false;
    return (Object.keys(requests) as Topic[]).some((topic) => {
      const observation = this.#topics.get(topic)?.observation(true);
      return observation && !observation.observed && observation.reason === 'not-collected';
    });
  }

  /**
   * The present snapshot.
   *
   * @param emptied topics whose items are left out, because the caller keeps them itself
   */
  snapshot(emptied?: ReadonlySet<Topic>): Snapshot {
    const watched = [...this.#topics].map(([topic, kept]) => [topic, kept.observation(emptied?.has(topic))] as const);
    const topics = { ...this.#rest.topics, ...Object.fromEntries(watched) } as Snapshot['topics'];
    return { ...this.#rest, takenAt: this.#connection.now().toISOString(), topics };
  }

  /** Yields the changes, in groups. A group is empty if only a request failed. Ends when the signal aborts. */
  async *changes(): AsyncGenerator<readonly TopicChange[]> {
    try {
      while (await this.#next()) {
        await delay(bunchMs, undefined, { signal: this.#stop }).catch(() => {});
        this.#isAwake = false;
        if (this.#stop.aborted) return;
        const group = this.#changes;
        this.#changes = [];
        yield group;
      }
    } finally {
      this.#ended.abort();
    }
  }

  #note(change: TopicChange): void {
    this.#changes.push(change);
    this.#notify();
  }

  #notify(): void {
    this.#isAwake = true;
    this.#wake?.();
  }

  /** Resolves to true after a change, and to false when the signal aborts. Throws the error of a topic. */
  async #next(): Promise<boolean> {
    while (!this.#isAwake && !this.#error && !this.#stop.aborted) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    if (this.#error) throw this.#error;
    return !this.#stop.aborted;
  }

  /** Keeps one topic up to date until the signal aborts. If the topic was refused, it stays unobserved. */
  async #reflect(topic: Topic, request: TopicRequest, kept: KeptTopic): Promise<void> {
    const first = kept.observation();
    if (!first.observed && first.reason !== 'not-collected') return;
    const list = (observation: Observation<object>) => {
      kept.replace(observation);
      this.#note({ topic, listed: observation });
    };
    let isCurrent = first.observed;
    let refusals = 0;
    let waitMs = retryMs.first;
    let failures = 0;
    while (!this.#stop.aborted) {
      try {
        if (!isCurrent) {
          const listed = await observe(this.#connection, topic, request);
          // If the topic was never observed, the refusal may be permanent. Otherwise, the refusal is probably temporary.
          if (!listed.observed && !first.observed) return list(listed);
          if (!listed.observed) throw new Error(listed.message);
          list(listed);
          isCurrent = true;
        }
        for await (const change of this.#eventsOf(topic, request, kept)) {
          waitMs = retryMs.first;
          refusals = 0;
          failures = 0;
          if (change) this.#note(change);
        }
      } catch (error) {
        const status = error instanceof ApiError ? error.status : 0;
        if (status === 410) isCurrent = false;
        else if (++failures === 2 && !this.#stop.aborted) {
          this.#isInTrouble = true;
          this.#notify();
          this.#onTrouble((error as Error).message);
        }
        // After its start, an API server may refuse requests for a moment, although the user has the permissions.
        if ((status === 401 || status === 403) && ++refusals > maxRefusals) throw error;
      }
      await delay(waitMs, undefined, { signal: this.#stop }).catch(() => {});
      waitMs = Math.min(waitMs * 2, retryMs.most);
    }
  }

  /** Applies the events of one watch, and yields them. Yields undefined for a bookmark, which changes only the version. */
  async *#eventsOf(
    topic: Topic,
    { path, labelSelector, fieldSelector }: TopicRequest,
    kept: KeptTopic,
  ): AsyncGenerator<TopicChange | undefined> {
    const query = { labelSelector, fieldSelector, resourceVersion: kept.resourceVersion };
    for await (const { type, object } of this.#connection.api.watch<WithMetadata>(path, query, this.#stop)) {
      const isBookmark = type === 'BOOKMARK';
      const fault = isBookmark ? undefined : objectFault(topic, object);
      if (fault !== undefined)
        throw new UnexpectedAnswerError('unexpected-answer', `unexpected response from the server: ${fault}`, []);
      kept.resourceVersion = object.metadata?.resourceVersion ?? kept.resourceVersion;
      if (isBookmark) {
        yield undefined;
        continue;
      }
      const after = type === 'DELETED' ? undefined : object;
      const before = kept.set(keyOf(object), after);
      yield { topic, before, after };
    }
  }
}
