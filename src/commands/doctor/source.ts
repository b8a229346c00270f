import { lookAtObjects } from '../../doctor/look-at-objects.ts';
import { mayTryWrites, neededWrites, triedReads } from '../../doctor/subjects/needed-access.ts';
import { asksForQuotas, doctorRequests, furtherLists, mostLists } from '../../doctor/what-to-collect.ts';
import { Failure, InterruptedError } from '../../errors/failure.ts';
import { ApiError } from '../../kubernetes/api/api-error.ts';
import type { Connection } from '../../kubernetes/api/connect.ts';
import { UnexpectedAnswerError } from '../../kubernetes/api/expected-answer.ts';
import { collect, observeAll } from '../../kubernetes/snapshots/collect.ts';
import { readDocuments } from '../../local/dump-file.ts';
import { readSkyConfigFiles } from '../../local/sky-config-files.ts';
import { withoutForeignKeys } from '../../skypilot/config.ts';
import { snapshotFromDump } from '../../snapshot/dump.ts';
import { readKubectlOutput } from '../../snapshot/kubectl-output.ts';
import { collectionPath } from '../../snapshot/resource-paths.ts';
import type { Snapshot, TopicRequests } from '../../snapshot/snapshot.ts';
import { allTopics, type Observation, type SkyConfigFile, type Unobserved } from '../../snapshot/topics.ts';
import type { System } from '../../system.ts';
import type { ConnectionValues } from '../command.ts';
import { connectToCluster } from '../connection/connect.ts';
import { say } from '../messages.ts';
import type { DoctorFlagValues } from './command.ts';
import { asAskedFor, type DoctorArguments } from './options.ts';

/** The snapshot to check, from a cluster or a file. */
export interface DiagnosisSource {
  readonly snapshot: Snapshot;
  /** The namespace in which names are looked up; null for all namespaces. */
  readonly namespace: string | null;
  /** The connection to the cluster; undefined for a file. */
  readonly connection: Connection | undefined;
  /** The lists that were requested; empty for a file. */
  readonly requests: TopicRequests;
  /**
   * Whether the API server answered the first requests with an error or with an unusable answer. A 401 (Unauthorized)
   * does not count.
   */
  readonly serverFailed: boolean;
  /** Takes a new snapshot with the same requests. */
  again(): Promise<Snapshot>;
  close(): void;
}

/**
 * Takes a snapshot of the cluster. Lists, access reviews and SkyPilot's configuration are read in parallel. Without a
 * name and without `-n`, it reads all namespaces. If the user may not list all namespaces, it then reads only the
 * namespace of the context.
 *
 * @throws the errors of connectToCluster and collect
 */
export async function lookAtCluster(
  args: Pick<DoctorArguments, 'name' | 'mode' | 'dryRun'>,
  flags: DoctorFlagValues,
  values: ConnectionValues,
  system: System,
): Promise<DiagnosisSource> {
  const connection = await connectToCluster(values, system);
  const asWhole = flags['all-namespaces'] || (args.name === undefined && !values.namespace);
  const lookNow = () => lookOnce(connection, asWhole ? null : connection.namespace, { args, flags }, system);
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

interface LookCall {
  readonly args: Pick<DoctorArguments, 'name' | 'mode' | 'dryRun'>;
  readonly flags: DoctorFlagValues;
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
): Promise<Snapshot & { readonly serverFailed: boolean }> {
  let serverFailed = false;
  const { apiGroups, reviewAccess, serverVersion } = await import('../../kubernetes/snapshots/server-info.ts');
  const [snapshot, writes, version, groups] = await Promise.all([
    collect(connection, look),
    reviewAccess(connection, neededWrites(look.writesTo ?? look.namespace)),
    serverVersion(connection),
    apiGroups(connection),
  ]).catch((error) => {
    serverFailed = hasAnswered(error);
    return unanswered(error, connection, look.namespace, system);
  });
  const accessReviews = writes.observed ? { ...writes, items: [...triedReads(snapshot), ...writes.items] } : writes;
  const seen = { ...snapshot.topics, accessReviews, serverVersion: version, apiGroups: groups };
  return { ...snapshot, topics: seen, serverFailed };
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

/**
 * The snapshot if the API server rejects the user or returns no usable answer: no topic was observed. The checks then
 * report the reason.
 */
function unanswered(error: unknown, { contextName }: Connection, namespace: string | null, system: System) {
  if (!(error instanceof Failure) || error instanceof InterruptedError) throw error;
  const { message, cures } = error;
  const failed: Unobserved = { observed: false, reason: 'failed', message, cures };
  const topics = Object.fromEntries(allTopics.map((topic) => [topic, failed])) as unknown as Snapshot['topics'];
  const snapshot = { context: contextName, namespace, takenAt: system.now().toISOString(), topics };
  return [snapshot, failed, failed, failed] as const;
}

async function skyConfigOf(system: System): Promise<Observation<SkyConfigFile>> {
  try {
    const files = await readSkyConfigFiles(system);
    return { observed: true, items: files.map(withoutForeignKeys), resourceVersion: '', cutOff: false };
  } catch (error) {
    return { observed: false, reason: 'failed', message: (error as Error).message };
  }
}

/**
 * Reads a saved file, without a kubeconfig or a connection.
 *
 * @throws UsageError for an invalid file, and if the flags select a context or namespace that is not in the file
 */
export async function lookAtFile(
  file: string,
  flags: DoctorFlagValues,
  values: ConnectionValues,
  system: System,
): Promise<DiagnosisSource> {
  const documents = await readDocuments(file, system);
  const ours = documents.find(isDump);
  const whole = ours
    ? snapshotFromDump(ours)
    : lookAtObjects(readKubectlOutput(documents), {
        now: system.now().toISOString(),
        namespace: flags['all-namespaces'] ? undefined : values.namespace || undefined,
        ingressService: flags['ingress-service'],
      });
  const snapshot = asAskedFor(whole, file, flags, values);
  const { namespace } = snapshot;
  return {
    snapshot,
    namespace,
    connection: undefined,
    requests: {},
    serverFailed: false,
    again: async () => snapshot,
    close: () => {},
  };
}

function isDump(document: unknown): document is Record<string, unknown> {
  const { apiVersion, kind } = (document ?? {}) as Record<string, unknown>;
  return kind === 'Snapshot' && typeof apiVersion === 'string' && apiVersion.startsWith('skyports/');
}
