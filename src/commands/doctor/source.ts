import { lookAtObjects } from '../../doctor/look-at-objects.ts';
import type { Connection } from '../../kubernetes/api/connect.ts';
import { readDocuments } from '../../local/dump-file.ts';
import { snapshotFromDump } from '../../snapshot/dump.ts';
import { readKubectlOutput } from '../../snapshot/kubectl-output.ts';
import type { Snapshot, TopicRequests } from '../../snapshot/snapshot.ts';
import type { System } from '../../system.ts';
import type { ConnectionValues } from '../command.ts';
import type { DoctorFlagValues } from './command.ts';
import { asAskedFor } from './options.ts';

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
