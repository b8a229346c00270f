import type { Manifest, PlannedWrite } from '../../snapshot/plan.ts';
import { objectPath } from '../../snapshot/resource-paths.ts';
import { ApiError } from '../api/api-error.ts';
import type { Connection } from '../api/connect.ts';
import { conflict } from './conflict.ts';
import type { Change, Journal } from './journal.ts';
import { writeOnce } from './write-once.ts';

/**
 * The field manager of a Secret's labels and owners. It differs from the manager of the data. So this plugin can change
 * the owners without sending or reading the data.
 */
export const secretOwnersManager = 'kubectl-skyports-owners';

/** The annotation that changes with each password. It is random, so it says nothing about the password. */
export const passwordIdAnnotation = 'skyports/password-id';

/** The data of a Secret that one command writes. */
export interface SecretContent {
  /** The value of `passwordIdAnnotation`. */
  readonly id: string;
  /** The values by key, as plain text. */
  data(): Promise<Readonly<Record<string, string>>>;
  /** Is called after the data was written. */
  written(): void;
}

/** How to write a Secret. */
interface SecretOptions {
  readonly fieldManager: string;
  readonly forceConflicts: boolean;
  readonly journal: Journal | undefined;
  /** Undefined in a dry run, and if only the owners change. */
  readonly secret?: SecretContent | undefined;
}

/**
 * Writes a Secret in two steps: first its labels and owners, then its data. An interruption between the steps leaves an
 * empty Secret, which Kubernetes deletes together with its owners. All answers contain only metadata.
 *
 * @param manifest with its owners, and without data
 * @throws StalePlanError if the Secret has changed since the plan was made; Failure, whose text never contains the data
 * (secret-errors.ts)
 */
export async function writeSecret(
  connection: Connection,
  { effect, newPassword, uid }: Pick<PlannedWrite, 'effect' | 'newPassword' | 'uid'>,
  manifest: Manifest,
  { fieldManager, forceConflicts, journal, secret }: SecretOptions,
): Promise<Manifest> {
  const { name = '', namespace = '' } = manifest.metadata ?? {};
  const path = objectPath('Secret', namespace, name);
  const change: Change = { kind: 'Secret', namespace, name, effect: effect === 'created' ? 'created' : 'changed' };
  const content = newPassword && journal ? secret : undefined;
  const data = content && (await content.data());
  const how = { dryRun: !journal, force: forceConflicts };
  const send = async () => {
    const owned = await connection.api.applyMetadata(path, manifest, {
      ...how,
      fieldManager: secretOwnersManager,
      force: true,
      uid,
    });
    if (!content || !data) return owned;
    const { resourceVersion, uid: ownedUid } = owned.metadata ?? {};
    const annotations = { [passwordIdAnnotation]: content.id };
    const body = {
      ...{ apiVersion: 'v1', kind: 'Secret' },
      metadata: { name, namespace, resourceVersion, uid: ownedUid, annotations },
      data: Object.fromEntries(Object.entries(data).map(([key, text]) => [key, base64(text)])),
    };
    return await connection.api.applyMetadata(path, body, { ...how, fieldManager, uid: ownedUid });
  };
  const written = await writeOnce<Manifest>(connection, {
    change,
    send: async () => {
      try {
        return await send();
      } catch (error) {
        throw error instanceof ApiError && error.status === 409 ? conflict(error, manifest) : error;
      }
    },
    isDone: (found) => isWritten(found, manifest, content?.id),
    look: () => seenSecret(connection, namespace, name),
    journal,
  });
  content?.written();
  return written;
}

function isWritten(found: Manifest | undefined, manifest: Manifest, id: string | undefined): boolean {
  if (!found) return false;
  if (id !== undefined) return found.metadata?.annotations?.[passwordIdAnnotation] === id;
  const uids = new Set((found.metadata?.ownerReferences ?? []).map(({ uid }) => uid));
  return (manifest.metadata?.ownerReferences ?? []).every(({ uid }) => uids.has(uid));
}

/**
 * The metadata of a Secret, without reading it: the answer to the dry run of an apply that changes nothing. This needs
 * the permissions that a write of the Secret needs, and stores nothing.
 *
 * @returns undefined if the Secret does not exist
 * @throws ApiError, for example if the user may not write Secrets
 */
export async function seenSecret({ api }: Connection, namespace: string, name: string): Promise<Manifest | undefined> {
  const nothing = { apiVersion: 'v1', kind: 'Secret', metadata: { name, namespace } };
  // This manager owns no field. An empty apply of a manager that owns fields would remove them from the answer.
  const how = { fieldManager: 'kubectl-skyports-look', dryRun: true };
  const found = await api.applyMetadata(objectPath('Secret', namespace, name), nothing, how);
  // In a dry run, an object that does not exist yet has no resourceVersion.
  return found.metadata?.resourceVersion ? found : undefined;
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}
