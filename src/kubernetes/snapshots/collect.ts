import { objectFault } from '../../snapshot/object-fault.ts';
import { type Snapshot, snapshotOf, type TopicRequest, type TopicRequests } from '../../snapshot/snapshot.ts';
import type { Observation, Observed, Topic, TopicObjects, Unobserved } from '../../snapshot/topics.ts';
import { ApiError } from '../api/api-error.ts';
import type { Connection } from '../api/connect.ts';
import { UnexpectedAnswerError } from '../api/expected-answer.ts';

/** What to look at: the first round, and what its answers make necessary. */
export interface ListRequests {
  /** Null for all namespaces. */
  readonly namespace: string | null;
  readonly requests: TopicRequests;
  followUp?(snapshot: Snapshot): TopicRequests;
}

/** Nodes weigh tens of kilobytes each; a few of them are enough to find an address. */
const firstPageSize = 100;

/**
 * Looks once: all lists in parallel. A list that was refused becomes an unobserved topic.
 *
 * @throws Failure when the server cannot be reached or does not know the user
 */
export async function collect(connection: Connection, look: ListRequests): Promise<Snapshot> {
  const { contextName, server } = connection;
  const topics = await observeAll(connection, look.requests);
  const about = {
    ...{ context: contextName, server: hostOf(server) },
    ...{ namespace: look.namespace, takenAt: connection.now().toISOString() },
  };
  const snapshot = snapshotOf(about, topics);
  const more = look.followUp?.(snapshot) ?? {};
  return { ...snapshot, topics: { ...snapshot.topics, ...(await observeAll(connection, more)) } };
}

/** The host of an API server's address; empty where that is no URL. */
function hostOf(server: string): string {
  return URL.canParse(server) ? new URL(server).hostname : '';
}

/** What every row rests on: a server that fails to show these has failed altogether. */
const indispensable: ReadonlySet<Topic> = new Set(['pods', 'services']);

/**
 * One topic: its items, or why they were not seen. An item that is not what the plugin reads of its kind makes the whole
 * answer one that is not believed.
 *
 * @throws Failure as `collect`; for Pods and Services also when the server fails, in the server's own words
 */
export async function observe<T extends Topic>(
  connection: Connection,
  topic: T,
  request: TopicRequest,
): Promise<Observation<TopicObjects[T]>> {
  const { path, olderPath, ...query } = request;
  const pages = query.firstPageOnly ? { pageSize: firstPageSize } : {};
  const list = async () => {
    const found = await connection.api.list<TopicObjects[T]>(path, { ...query, ...pages });
    for (const item of found.items) {
      const fault = objectFault(topic, item);
      if (fault !== undefined)
        throw new UnexpectedAnswerError(
          'unexpected-answer',
          `unexpected response from the server: ${path}: ${fault}`,
          [],
        );
    }
    return found;
  };
  const seen = await observing(list, indispensable.has(topic));
  const isElsewhere = olderPath !== undefined && !seen.observed && seen.reason === 'not-served';
  return isElsewhere ? observe(connection, topic, { ...query, path: olderPath }) : seen;
}

/** Several topics at once, each as `observe` does. */
export async function observeAll(
  connection: Connection,
  requests: TopicRequests,
): Promise<Partial<Snapshot['topics']>> {
  const entries = Object.entries(requests) as [Topic, TopicRequest][];
  return Object.fromEntries(
    await Promise.all(entries.map(async ([topic, each]) => [topic, await observe(connection, topic, each)])),
  );
}

/**
 * What a request found, or why it was refused.
 *
 * @param mustAnswer a server that fails is an error; only a missing permission is an observation
 * @throws Failure when the server cannot be reached or does not know the user
 */
export async function observing<T>(
  getRaw: () => Promise<Omit<Observed<T>, 'observed'>>,
  mustAnswer = false,
): Promise<Observation<T>> {
  try {
    return { observed: true, ...(await getRaw()) };
  } catch (error) {
    const unseen = unobserved(error);
    if (!unseen || (mustAnswer && unseen.reason !== 'forbidden')) throw error;
    return unseen;
  }
}

function unobserved(error: unknown): Unobserved | undefined {
  if (error instanceof UnexpectedAnswerError) return { observed: false, reason: 'failed', message: error.message };
  if (!(error instanceof ApiError) || error.status === 401) return undefined;
  if (error.isForbidden) return { observed: false, reason: 'forbidden', message: 'forbidden' };
  if (error.isNotServed) {
    const said = error.serverMessage;
    return { observed: false, reason: 'not-served', message: /^404/.test(said) ? 'not served' : `not served: ${said}` };
  }
  return { observed: false, reason: error.status === 504 ? 'timed-out' : 'failed', message: error.serverMessage };
}
