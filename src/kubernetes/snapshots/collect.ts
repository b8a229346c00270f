import { objectFault } from '../../snapshot/object-fault.ts';
import type { WithMetadata } from '../../snapshot/object-reference.ts';
import { parseLabelSelector } from '../../snapshot/selector.ts';
import { type Snapshot, snapshotOf, type TopicRequest, type TopicRequests } from '../../snapshot/snapshot.ts';
import type { Observation, Observed, Topic, TopicObjects, Unobserved } from '../../snapshot/topics.ts';
import { ApiError } from '../api/api-error.ts';
import type { Connection } from '../api/connect.ts';
import { UnexpectedAnswerError } from '../api/expected-answer.ts';
import type { ObjectList } from '../api/requests.ts';

/** The lists to request: first `requests`, then the lists that `followUp` derives from their answers. */
export interface ListRequests {
  /** The namespace to read; null for all namespaces. */
  readonly namespace: string | null;
  readonly requests: TopicRequests;
  followUp?(snapshot: Snapshot): TopicRequests;
}

/**
 * The page size if only the first page is requested. A few Nodes are enough to find an address, and a Node has tens of
 * kilobytes.
 */
const firstPageSize = 100;

/**
 * Takes a snapshot. The lists are requested in parallel. If a list is refused, its topic is unobserved.
 *
 * @throws Failure if the server cannot be reached or does not accept the user's credentials
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

/** The host of an API server's address; empty if the address is not a URL. */
function hostOf(server: string): string {
  return URL.canParse(server) ? new URL(server).hostname : '';
}

/** The topics that every row of the output needs. If the server fails to list one of them, the command fails. */
const indispensable: ReadonlySet<Topic> = new Set(['pods', 'services']);

/**
 * Requests one topic. The result contains its items, or the reason why they were not observed. If one item does not
 * have the shape of its kind, the whole answer is rejected.
 *
 * @param sent receives the request if other topics share it
 * @throws Failure if the server cannot be reached or does not accept the user's credentials. For Pods and Services,
 * also if the server fails; the message is then the server's
 */
export async function observe<T extends Topic>(
  connection: Connection,
  topic: T,
  request: TopicRequest,
  sent: SentRequests = new Map(),
): Promise<Observation<TopicObjects[T]>> {
  const { path, olderPath, sharedSelector, ...query } = request;
  const pages = query.firstPageOnly ? { pageSize: firstPageSize } : {};
  const list = async () => {
    const found =
      sharedSelector === undefined
        ? await connection.api.list<TopicObjects[T]>(path, { ...query, ...pages })
        : await sharedList<TopicObjects[T]>(connection, { ...request, sharedSelector }, sent);
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

/** The shared requests that were sent, by path and selector. */
type SentRequests = Map<string, Promise<ObjectList<WithMetadata>>>;

/** The objects of one topic, from the answer that it shares with other topics. The first topic sends the request. */
async function sharedList<T>(
  { api }: Connection,
  { path, sharedSelector, labelSelector }: TopicRequest & { readonly sharedSelector: string },
  sent: SentRequests,
): Promise<ObjectList<T>> {
  const key = `${path} ${sharedSelector}`;
  const answer = sent.get(key) ?? api.list<WithMetadata>(path, { labelSelector: sharedSelector });
  sent.set(key, answer);
  const { items, ...list } = await answer;
  const isTaken = parseLabelSelector(labelSelector ?? '');
  return { ...list, items: items.filter(({ metadata }) => isTaken(metadata?.labels ?? {})) as T[] };
}

/** Requests several topics in parallel, each as `observe` does. */
export async function observeAll(
  connection: Connection,
  requests: TopicRequests,
): Promise<Partial<Snapshot['topics']>> {
  const entries = Object.entries(requests) as [Topic, TopicRequest][];
  const sent: SentRequests = new Map();
  return Object.fromEntries(
    await Promise.all(entries.map(async ([topic, each]) => [topic, await observe(connection, topic, each, sent)])),
  );
}

/**
 * Sends a request. The result contains the answer, or the reason why there is none.
 *
 * @param mustAnswer whether a missing answer is an error. A missing permission never is
 * @throws Failure if the server cannot be reached or does not accept the user's credentials
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
