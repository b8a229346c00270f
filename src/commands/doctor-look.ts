import { withControllersByLabel } from '../doctor/controllers-by-label.ts';
import { neededWrites, triedReads } from '../doctor/needed-access.ts';
import { doctorRequests } from '../doctor/what-to-collect.ts';
import { Failure } from '../errors/failure.ts';
import { collect } from '../kubernetes/collect.ts';
import type { Connection } from '../kubernetes/connect.ts';
import { readDocuments } from '../local/dump-file.ts';
import { readSkyConfigFiles } from '../local/sky-config-files.ts';
import { withoutForeignKeys } from '../skypilot/config.ts';
import { snapshotFromDump, snapshotFromObjects } from '../snapshot/dump.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import { allTopics, type Observation, type SkyConfigFile, type Unobserved } from '../snapshot/topics.ts';
import type { System } from '../system.ts';
import type { ConnectionValues } from './command.ts';
import { connectToCluster } from './connect-to-cluster.ts';
import type { DoctorFlagValues } from './doctor-flags.ts';

/** What there is to judge, from a cluster or from a file. */
export interface Look {
  readonly snapshot: Snapshot;
  /** Where names are looked up; null for all namespaces. */
  readonly namespace: string | null;
  /** Undefined for a file. */
  readonly connection: Connection | undefined;
  close(): void;
}

/** Looks at the cluster once: lists, access reviews and SkyPilot's configuration, all in parallel. */
export async function lookAtCluster(flags: DoctorFlagValues, values: ConnectionValues, system: System): Promise<Look> {
  const connection = await connectToCluster(values, system);
  try {
    const namespace = flags['all-namespaces'] ? null : connection.namespace;
    const { reviewAccess, serverVersion } = await import('../kubernetes/collect-standing.ts');
    const requests = doctorRequests({ namespace, ingressService: flags['ingress-service'] });
    const skyConfig = skyConfigOf(system);
    const answers = await Promise.all([
      collect(connection, { namespace, requests }, system.now),
      reviewAccess(connection, neededWrites(namespace)),
      serverVersion(connection),
    ]).catch((error) => unanswered(error, connection, namespace, system));
    const [snapshot, writes, version] = answers;
    const accessReviews = writes.observed ? { ...writes, items: [...triedReads(snapshot), ...writes.items] } : writes;
    const topics = { ...snapshot.topics, accessReviews, serverVersion: version, skyConfig: await skyConfig };
    return { snapshot: { ...snapshot, topics }, namespace, connection, close: () => connection.close() };
  } catch (error) {
    connection.close();
    throw error;
  }
}

/** A server that does not answer, or does not know the user, is the first link of the path: it is judged like the others. */
function unanswered(error: unknown, { contextName }: Connection, namespace: string | null, system: System) {
  if (!(error instanceof Failure)) throw error;
  const message = error.cure ? `${error.message}; ${error.cure}` : error.message;
  const failed: Unobserved = { observed: false, reason: 'failed', message };
  const topics = Object.fromEntries(allTopics.map((topic) => [topic, failed])) as unknown as Snapshot['topics'];
  const snapshot = { context: contextName, namespace, takenAt: system.now().toISOString(), topics };
  return [snapshot, failed, failed] as const;
}

async function skyConfigOf(system: System): Promise<Observation<SkyConfigFile>> {
  try {
    const files = await readSkyConfigFiles(system);
    return { observed: true, items: files.map(withoutForeignKeys), resourceVersion: '', cutOff: false };
  } catch (error) {
    return { observed: false, reason: 'failed', message: (error as Error).message };
  }
}

/** Reads what was saved; needs no kubeconfig and makes no connection. */
export async function lookAtFile(file: string, values: ConnectionValues, system: System): Promise<Look> {
  const documents = await readDocuments(file, system);
  const ours = documents.find(isDump);
  const snapshot = ours
    ? snapshotFromDump(ours)
    : withControllersByLabel(snapshotFromObjects(documents, system.now().toISOString()));
  const namespace = values.namespace || snapshot.namespace;
  return { snapshot, namespace, connection: undefined, close: () => {} };
}

function isDump(document: unknown): document is Record<string, unknown> {
  const { apiVersion, kind } = (document ?? {}) as Record<string, unknown>;
  return kind === 'Snapshot' && typeof apiVersion === 'string' && apiVersion.startsWith('skyports/');
}
