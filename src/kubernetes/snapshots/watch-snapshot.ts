import { setTimeout as delay } from 'node:timers/promises';
import { objectFault } from '../../snapshot/object-fault.ts';
import { keyOf, type WithMetadata } from '../../snapshot/object-reference.ts';
import type { Snapshot, TopicRequest, TopicRequests } from '../../snapshot/snapshot.ts';
import type { Observation, Observed, Topic } from '../../snapshot/topics.ts';
import { ApiError } from '../api/api-error.ts';
import type { Connection } from '../api/connect.ts';
import { UnexpectedAnswerError } from '../api/expected-answer.ts';
import { type ListRequests, observe } from './collect.ts';

/**
 * Changes to related objects often arrive together, for example to a Service and its EndpointSlices. All changes within
 * this time become one snapshot.
 */
const bunchMs = 50;
const retryMs = { first: 200, most: 5000 };
const maxRefusals = 5;

/**
 * Keeps a snapshot up to date with one watch request for each observed topic. Yields a new snapshot after each group of
 * changes. If a change makes another list necessary, waits for this list first. Goes on after a broken connection, an
 * expired version or a restart of the API server. Ends when the signal aborts.
 *
 * @param onTrouble receives the error message if the requests of a topic fail twice in succession
 */
export async function* watchSnapshot(
  connection: Connection,
  look: ListRequests,
  first: Snapshot,
  signal: AbortSignal,
  onTrouble: (message: string) => void = () => {},
): AsyncGenerator<Snapshot> {
  const ended = new AbortController();
  const stop = AbortSignal.any([signal, ended.signal]);
  const changes = new ChangeSignal(stop);
  const topics: Partial<Record<Topic, Observation<object>>> = { ...first.topics };
  const started = new Set<Topic>();
  let isInTrouble = false;
  const noteTrouble = (message: string) => {
    isInTrouble = true;
    changes.notify();
    onTrouble(message);
  };
  const start = (requests: TopicRequests) => {
    for (const [topic, each] of Object.entries(requests) as [Topic, TopicRequest][]) {
      if (started.has(topic)) continue;
      started.add(topic);
      const update = (observation: Observation<object>) => {
        topics[topic] = observation;
        changes.notify();
      };
      reflect({ connection, topic, request: each, onTrouble: noteTrouble }, topics[topic]!, update, stop).catch(
        (error) => changes.fail(error),
      );
    }
  };
  start({ ...look.requests, ...look.followUp?.(first) });
  try {
    while (await changes.next()) {
      await delay(bunchMs, undefined, { signal: stop }).catch(() => {});
      changes.clear();
      if (stop.aborted) return;
      const snapshot = {
        ...first,
        takenAt: connection.now().toISOString(),
        topics: { ...topics } as Snapshot['topics'],
      };
      const further = look.followUp?.(snapshot) ?? {};
      start(further);
      // Without a list that is being read, a new row would be Unknown for a moment. This list causes another snapshot.
      if (!isInTrouble && isUnread(further, snapshot)) continue;
      yield snapshot;
    }
  } finally {
    ended.abort();
  }
}

function isUnread(requests: TopicRequests, { topics }: Snapshot): boolean {
  return (Object.keys(requests) as Topic[]).some((topic) => {
    const observation = topics[topic];
    return !observation.observed && observation.reason === 'not-collected';
  });
}

interface Kept {
  readonly connection: Connection;
  readonly topic: Topic;
  readonly request: TopicRequest;
  onTrouble(message: string): void;
}

/** Keeps one topic up to date until the signal aborts. If the topic was refused, it stays unobserved. */
async function reflect(
  { connection, topic, request, onTrouble }: Kept,
  observation: Observation<object>,
  update: (observation: Observation<object>) => void,
  signal: AbortSignal,
): Promise<void> {
  if (!observation.observed && observation.reason !== 'not-collected') return;
  let current = observation.observed ? observation : undefined;
  let refusals = 0;
  let waitMs = retryMs.first;
  let failures = 0;
  while (!signal.aborted) {
    try {
      if (!current) {
        const listed = await observe(connection, topic, request);
        if (listed.observed) current = listed;
        // If the topic was never observed, the refusal may be permanent. Otherwise, the refusal is probably temporary.
        else if (!observation.observed) return update(listed);
        else throw new Error(listed.message);
        update(current);
      }
      for await (const changed of changesOf(connection, { topic, request }, current, signal)) {
        current = changed.observation;
        waitMs = retryMs.first;
        refusals = 0;
        failures = 0;
        if (changed.counts) update(current);
      }
    } catch (error) {
      const status = error instanceof ApiError ? error.status : 0;
      if (status === 410) current = undefined;
      else if (++failures === 2 && !signal.aborted) onTrouble((error as Error).message);
      // After its start, an API server may refuse requests for a moment, although the user has the permissions.
      if ((status === 401 || status === 403) && ++refusals > maxRefusals) throw error;
    }
    await delay(waitMs, undefined, { signal }).catch(() => {});
    waitMs = Math.min(waitMs * 2, retryMs.most);
  }
}

/**
 * Yields the topic after each event of one watch. `counts` is false for a bookmark, which changes only the
 * resourceVersion.
 */
async function* changesOf(
  connection: Connection,
  { topic, request: { path, labelSelector, fieldSelector } }: Pick<Kept, 'topic' | 'request'>,
  from: Observed<object>,
  signal: AbortSignal,
): AsyncGenerator<{ observation: Observed<object>; counts: boolean }> {
  const items = new Map(from.items.map((item) => [keyOf(item as WithMetadata), item]));
  const query = { labelSelector, fieldSelector, resourceVersion: from.resourceVersion };
  let observation = from;
  for await (const { type, object } of connection.api.watch<WithMetadata>(path, query, signal)) {
    const resourceVersion = object.metadata?.resourceVersion ?? observation.resourceVersion;
    const counts = type !== 'BOOKMARK';
    const fault = counts ? objectFault(topic, object) : undefined;
    if (fault !== undefined)
      throw new UnexpectedAnswerError('unexpected-answer', `unexpected response from the server: ${fault}`, []);
    if (type === 'DELETED') items.delete(keyOf(object));
    else if (counts) items.set(keyOf(object), object);
    observation = { ...observation, resourceVersion, items: counts ? [...items.values()] : observation.items };
    yield { observation, counts };
  }
}

/** Wakes one waiting caller of `next` when any topic changes. `next` throws the error of a topic. */
class ChangeSignal {
  #changed = false;
  #error: unknown;
  #wake: (() => void) | undefined;
  readonly #signal: AbortSignal;

  constructor(signal: AbortSignal) {
    this.#signal = signal;
    signal.addEventListener('abort', () => this.#wake?.(), { once: true });
  }

  notify(): void {
    this.#changed = true;
    this.#wake?.();
  }

  fail(error: unknown): void {
    this.#error ??= error;
    this.#wake?.();
  }

  clear(): void {
    this.#changed = false;
  }

  /** Resolves to true after a change, and to false when the signal aborts. */
  async next(): Promise<boolean> {
    while (!this.#changed && !this.#error && !this.#signal.aborted) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    if (this.#error) throw this.#error;
    return !this.#signal.aborted;
  }
}
