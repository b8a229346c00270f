import type { SelfSubjectAccessReview } from 'kubernetes-types/authorization/v1';
import type { NamedPath } from '../../doctor/path-requests.ts';
import { mayTryWrites, neededWrites, triedReads } from '../../doctor/subjects/needed-access.ts';
import { asksForQuotas, doctorRequests, furtherLists, mostLists } from '../../doctor/what-to-collect.ts';
import { Failure, InterruptedError } from '../../errors/failure.ts';
import { ApiError } from '../../kubernetes/api/api-error.ts';
import type { Connection } from '../../kubernetes/api/connect.ts';
import { UnexpectedAnswerError } from '../../kubernetes/api/expected-answer.ts';
import { collect, type ListRequests, observeAll } from '../../kubernetes/snapshots/collect.ts';
import { readSkyConfigFiles } from '../../local/sky-config-files.ts';
import { withoutForeignKeys } from '../../skypilot/config.ts';
import { collectionPath } from '../../snapshot/resource-paths.ts';
import type { Snapshot, TopicRequests } from '../../snapshot/snapshot.ts';
import { allTopics, type Observation, type SkyConfigFile, type Unobserved } from '../../snapshot/topics.ts';
import type { System } from '../../system.ts';
import type { ConnectionValues } from '../command.ts';
import { connectToCluster } from '../connection/connect.ts';
import { say } from '../messages.ts';
import type { DoctorFlagValues } from './command.ts';
import type { DoctorArguments } from './options.ts';
import type { DiagnosisSource } from './source.ts';

/**
 * Takes a snapshot of the cluster. Lists, access reviews and SkyPilot's configuration are read in parallel. Without a
 * name and without `-n`, it reads all namespaces. If the user may not list all namespaces, it then reads only the
 * namespace of the context. With a name, it usually reads only what the path of this SkyPilot cluster needs.
 *
 * @throws the errors of connectToCluster and collect
 */
export async function lookAtCluster(
  args: LookArguments,
  flags: DoctorFlagValues,
  values: ConnectionValues,
  system: System,
): Promise<DiagnosisSource> {
  const connection = await connectToCluster(values, system);
  const asWhole = flags['all-namespaces'] || (args.name === undefined && !values.namespace);
  const path = asWhole ? undefined : pathOnly(args, flags);
  const lookNow = () =>
    path
      ? lookAtNamed(connection, path, system)
      : lookOnce(connection, asWhole ? null : connection.namespace, { args, flags }, system);
  try {
    const { snapshot, requests, serverFailed } = await lookNow();
    const again = async () => (await lookNow()).snapshot;
    const { namespace } = snapshot;
    return { snapshot, namespace, connection, requests, serverFailed, again, close: () => connection.close() };
  } catch (error) {
    connection.close();
    throw error;
  }
}

interface Seen {
  readonly snapshot: Snapshot;
  readonly serverFailed: boolean;
  readonly requests: TopicRequests;
}

type LookArguments = Pick<DoctorArguments, 'name' | 'ports' | 'mode' | 'dryRun' | 'fix' | 'waitMs'>;

interface LookCall {
  readonly args: LookArguments;
  readonly flags: DoctorFlagValues;
}

/**
 * The path that alone has to be read. Undefined if the lists of the whole namespace are needed: without a name, for a mode
 * that is not in use yet, for a file that others read, for Roles, for changes, and to wait for changes.
 */
function pathOnly(
  { name, ports, mode, fix, waitMs }: LookArguments,
  { save, 'print-role': printRole, 'ingress-service': ingressService }: DoctorFlagValues,
): NamedPath | undefined {
  if (name === undefined || mode || save !== undefined || printRole || fix || waitMs > 0) return undefined;
  return { name, ports, ingressService };
}

async function lookAtNamed(connection: Connection, path: NamedPath, system: System): Promise<Seen> {
  const skyConfig = skyConfigOf(system);
  const { namespace } = connection;
  const [{ apiGroups, serverVersion }, { reviewRules }, { lookAtPath }] = await Promise.all([
    import('../../kubernetes/snapshots/server-info.ts'),
    import('../../kubernetes/snapshots/review-rules.ts'),
    import('./look-at-path.ts'),
  ]);
  const server = {
    collect: (look: ListRequests) => collect(connection, look),
    observeAll: (requests: TopicRequests) => observeAll(connection, requests),
    apiGroups: () => apiGroups(connection),
    serverVersion: () => serverVersion(connection),
  };
  const { serverFailed, ...seen } = await answeredOrNot(connection, namespace, system, async () => {
    const [snapshot, writes] = await Promise.all([
      lookAtPath(server, namespace, path),
      reviewRules(connection, namespace, neededWrites(namespace)),
    ]);
    return { ...snapshot, topics: { ...snapshot.topics, accessReviews: withReads(writes, snapshot) } };
  });
  return { snapshot: { ...seen, topics: { ...seen.topics, skyConfig: await skyConfig } }, requests: {}, serverFailed };
}

async function lookOnce(
  connection: Connection,
  first: string | null,
  { args, flags }: LookCall,
  system: System,
): Promise<Seen> {
  const skyConfig = skyConfigOf(system);
  const { mode } = args;
  // A mode writes to one namespace, even if all namespaces are read.
  const written = mode ? { writesTo: connection.namespace } : {};
  const ingressService = flags['ingress-service'];
  let requests = doctorRequests({ namespace: first, ingressService }, asksForQuotas(mode, args.name, first));
  if (requests.resourceQuotas && mode && first === null && !flags['all-namespaces']) {
    // The mode writes to the namespace of the context, so only the quotas of this namespace count. A second round for
    // this namespace can use the same answer.
    requests = { ...requests, resourceQuotas: { path: collectionPath('ResourceQuota', connection.namespace) } };
  }
  let { serverFailed, ...seen } = await lookAt(connection, { namespace: first, requests, ...written }, system);
  let requestCount = Object.keys(requests).length;
  if (first === null && !flags['all-namespaces'] && isForbidden(seen)) {
    const { namespace } = connection;
    say(
      system,
      `warning: you cannot list pods and services in all namespaces; checking only namespace ${namespace} (-n NAMESPACE checks another)`,
    );
    const again = doctorRequests({ namespace, ingressService }, asksForQuotas(mode, args.name, namespace));
    const known = { ...answeredAlready(again, requests, seen), controllerServices: seen.topics.services };
    const missing = Object.fromEntries(Object.entries(again).filter(([topic]) => !Object.hasOwn(known, topic)));
    const one = await lookAt(connection, { namespace, requests: missing }, system);
    serverFailed = one.serverFailed;
    seen = { ...one, topics: { ...one.topics, ...known } };
    requestCount += Object.keys(missing).length;
    requests = again;
  }
  const isTried = mode && args.dryRun && mayTryWrites(seen, mode, connection.namespace);
  const further = await observeAll(
    connection,
    furtherLists(seen, mostLists - requestCount, isTried ? undefined : mode),
  );
  seen = { ...seen, topics: { ...seen.topics, ...further } };
  return { snapshot: { ...seen, topics: { ...seen.topics, skyConfig: await skyConfig } }, requests, serverFailed };
}

async function lookAt(
  connection: Connection,
  look: { readonly namespace: string | null; readonly requests: TopicRequests; readonly writesTo?: string },
  system: System,
): Promise<AnsweredSnapshot> {
  const { apiGroups, reviewAccess, serverVersion } = await import('../../kubernetes/snapshots/server-info.ts');
  return answeredOrNot(connection, look.namespace, system, async () => {
    const [snapshot, writes, version, groups] = await Promise.all([
      collect(connection, look),
      reviewAccess(connection, neededWrites(look.writesTo ?? look.namespace)),
      serverVersion(connection),
      apiGroups(connection),
    ]);
    const seen = { accessReviews: withReads(writes, snapshot), serverVersion: version, apiGroups: groups };
    return { ...snapshot, topics: { ...snapshot.topics, ...seen } };
  });
}

type Reviews = Observation<SelfSubjectAccessReview>;

/** The access reviews, and the results of the lists in the same form. */
function withReads(writes: Reviews, snapshot: Snapshot): Reviews {
  return writes.observed ? { ...writes, items: [...triedReads(snapshot), ...writes.items] } : writes;
}

function isForbidden({ topics }: Pick<Snapshot, 'topics'>): boolean {
  return [topics.pods, topics.services].every((each) => !each.observed && each.reason === 'forbidden');
}

/** The topics that the second round need not request, because the first round has sent the same request. */
function answeredAlready(
  again: TopicRequests,
  before: TopicRequests,
  { topics }: Snapshot,
): Partial<Snapshot['topics']> {
  const same = allTopics.filter(
    (topic) => before[topic] && JSON.stringify(before[topic]) === JSON.stringify(again[topic]),
  );
  return Object.fromEntries(same.map((topic) => [topic, topics[topic]]));
}

/** Whether the error is an answer of the API server. A 401 (Unauthorized) does not count. */
function hasAnswered(error: unknown): boolean {
  return (error instanceof ApiError && error.status !== 401) || error instanceof UnexpectedAnswerError;
}

type AnsweredSnapshot = Snapshot & { readonly serverFailed: boolean };

/**
 * The snapshot that the function returns. If the API server rejects the user or returns no usable answer, no topic of the
 * result was observed. The checks then report the reason.
 */
async function answeredOrNot(
  { contextName }: Connection,
  namespace: string | null,
  system: System,
  look: () => Promise<Snapshot>,
): Promise<AnsweredSnapshot> {
  try {
    return { ...(await look()), serverFailed: false };
  } catch (error) {
    if (!(error instanceof Failure) || error instanceof InterruptedError) throw error;
    const { message, cures } = error;
    const failed: Unobserved = { observed: false, reason: 'failed', message, cures };
    const topics = Object.fromEntries(allTopics.map((topic) => [topic, failed])) as unknown as Snapshot['topics'];
    const takenAt = system.now().toISOString();
    return { context: contextName, namespace, takenAt, topics, serverFailed: hasAnswered(error) };
  }
}

async function skyConfigOf(system: System): Promise<Observation<SkyConfigFile>> {
  try {
    const files = await readSkyConfigFiles(system);
    return { observed: true, items: files.map(withoutForeignKeys), resourceVersion: '', cutOff: false };
  } catch (error) {
    return { observed: false, reason: 'failed', message: (error as Error).message };
  }
}
