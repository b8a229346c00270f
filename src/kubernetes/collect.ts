import { type Snapshot, snapshotOf } from '../snapshot/snapshot.ts';
import type { TopicRequest, TopicRequests } from '../snapshot/topic-request.ts';
import type { Observation, Observed, Topic, Unobserved } from '../snapshot/topics.ts';
import { ApiError } from './api-error.ts';
import type { Connection } from './connect.ts';

/** What to look at: the first round, and what its answers make necessary. */
export interface Look {
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
export async function collect(connection: Connection, look: Look, now: () => Date): Promise<Snapshot> {
  const { contextName, server } = connection;
  const about = {
    ...{ context: contextName, server: hostOf(server) },
    ...{ namespace: look.namespace, takenAt: now().toISOString() },
  };
  const snapshot = snapshotOf(about, await observeAll(connection, look.requests));
  const more = look.followUp?.(snapshot) ?? {};
  return { ...snapshot, topics: { ...snapshot.topics, ...(await observeAll(connection, more)) } };
}

/** The host of an API server's address; empty where that is no URL. */
function hostOf(server: string): string {
  return URL.canParse(server) ? new URL(server).hostname : '';
}

/** One topic: its items, or why it was not seen. @throws Failure as `collect` */
export async function observe(connection: Connection, request: TopicRequest): Promise<Observation<object>> {
  const { path, olderPath, ...query } = request;
  const pages = query.firstPageOnly ? { pageSize: firstPageSize } : {};
  const seen = await observing(() => connection.api.list<object>(path, { ...query, ...pages }));
  const isElsewhere = olderPath !== undefined && !seen.observed && seen.reason === 'not-served';
  return isElsewhere ? observe(connection, { ...query, path: olderPath }) : seen;
}

/** Several topics at once, each as `observe` does. */
export async function observeAll(
  connection: Connection,
  requests: TopicRequests,
): Promise<Partial<Snapshot['topics']>> {
  const entries = Object.entries(requests) as [Topic, TopicRequest][];
  return Object.fromEntries(
    await Promise.all(entries.map(async ([topic, each]) => [topic, await observe(connection, each)])),
  );
}

/** What a request found, or why it was refused. @throws Failure when the server cannot be reached or does not know the user */
export async function observing<T>(ask: () => Promise<Omit<Observed<T>, 'observed'>>): Promise<Observation<T>> {
  try {
    return { observed: true, ...(await ask()) };
  } catch (error) {
    if (error instanceof ApiError && error.status !== 401) return unobserved(error);
    throw error;
  }
}

function unobserved(error: ApiError): Unobserved {
  if (error.status === 403) return { observed: false, reason: 'forbidden', message: 'forbidden' };
  if (error.status === 404) return { observed: false, reason: 'not-served', message: 'not served' };
  return { observed: false, reason: error.status === 504 ? 'timed-out' : 'failed', message: error.serverMessage };
}
