import {
  firstPathRequests,
  furtherPathRequests,
  type NamedPath,
  needsServerVersion,
  withKnownServices,
} from '../../doctor/path-requests.ts';
import { mostLists, within } from '../../doctor/what-to-collect.ts';
import type { Snapshot, TopicRequests } from '../../snapshot/snapshot.ts';
import type { Topic } from '../../snapshot/topics.ts';

/** What answers requests: an API server, or the lists of a file in tests. */
export interface AnsweringServer {
  /** A snapshot of these lists. */
  collect(look: { readonly namespace: string; readonly requests: TopicRequests }): Promise<Snapshot>;
  observeAll(requests: TopicRequests): Promise<Partial<Snapshot['topics']>>;
  apiGroups(): Promise<Snapshot['topics']['apiGroups']>;
  serverVersion(): Promise<Snapshot['topics']['serverVersion']>;
}

/**
 * The rounds of requests. The first round is the same for every mode. On a healthy path, nothing follows the second
 * one. A third round explains what the second one found, such as a load balancer of the ingress controller that waits
 * for its address.
 */
const mostRounds = 4;

/**
 * Reads what a diagnosis of one SkyPilot cluster needs. The requests of a round are sent in parallel.
 */
export async function lookAtPath(server: AnsweringServer, namespace: string, path: NamedPath): Promise<Snapshot> {
  const requests = firstPathRequests({ namespace, ingressService: path.ingressService });
  const [first, apiGroups] = await Promise.all([server.collect({ namespace, requests }), server.apiGroups()]);
  let snapshot: Snapshot = { ...first, topics: { ...first.topics, apiGroups } };
  const sent: { [T in Topic]?: TopicRequests[T] } = { ...requests };
  const asksVersion = needsServerVersion(snapshot);
  for (let round = 2, room = mostLists - Object.keys(requests).length; round <= mostRounds; round++) {
    const wanted = Object.entries(furtherPathRequests(snapshot, path)) as [Topic, TopicRequests[Topic]][];
    const isNew = ([topic, request]: (typeof wanted)[number]) => !isSame(request, sent[topic]);
    const further = within(Object.fromEntries(wanted.filter(isNew)), room);
    const readsVersion = round === 2 && asksVersion;
    if (Object.keys(further).length === 0 && !readsVersion) break;
    const [more, serverVersion] = await Promise.all([
      server.observeAll(further),
      readsVersion ? server.serverVersion() : snapshot.topics.serverVersion,
    ]);
    snapshot = { ...snapshot, topics: { ...snapshot.topics, ...more, serverVersion } };
    Object.assign(sent, further);
    room -= Object.keys(further).length;
  }
  return withKnownServices(snapshot);
}

function isSame(request: TopicRequests[Topic], earlier: TopicRequests[Topic]): boolean {
  return JSON.stringify(request) === JSON.stringify(earlier);
}
