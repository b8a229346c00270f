import { advice } from '../../errors/cure.ts';
import type { Manifest, PlannedWrite } from '../../snapshot/plan.ts';
import { objectPath } from '../../snapshot/resource-paths.ts';
import { ApiError } from '../api/api-error.ts';
import type { Connection } from '../api/connect.ts';
import { conflict } from './conflict.ts';
import type { Change, Journal } from './journal.ts';
import { StalePlanError } from './stale-plan-error.ts';
import { writeOnce } from './write-once.ts';

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
  /** Undefined in a dry run, and if no password is made. */
  readonly secret?: SecretContent | undefined;
}

/**
 * Writes a Secret with one request. A new password is applied together with the labels and owners, so the Secret never
 * exists without its data or without its owners. Without a new password, a merge patch sets the owners: an apply would
 * remove the data, because the manifest does not repeat them. If the Secret was not seen, a JSON patch adds owners. All
 * answers contain only metadata.
 *
 * @param planned its manifest has the owners that other programs have added
 * @param manifest with the owners of this plugin, and without data
 * @throws StalePlanError if the Secret has changed since the plan was made; Failure, whose text never contains the data
 * (secret-errors.ts)
 */
export async function writeSecret(
  connection: Connection,
  planned: Pick<PlannedWrite, 'effect' | 'newPassword' | 'uid' | 'manifest' | 'addsOwners'>,
  manifest: Manifest,
  { fieldManager, forceConflicts, journal, secret }: SecretOptions,
): Promise<Manifest> {
  const { effect, newPassword, uid, addsOwners } = planned;
  const { name = '', namespace = '' } = manifest.metadata ?? {};
  const path = objectPath('Secret', namespace, name);
  const change: Change = { kind: 'Secret', namespace, name, effect: effect === 'created' ? 'created' : 'changed' };
  const content = newPassword && journal ? secret : undefined;
  const body = content ? await withContent(manifest, content) : manifest;
  const how = { fieldManager, dryRun: !journal, uid };
  const send = (): Promise<Manifest> => {
    const { api } = connection;
    if (content || effect === 'created') return api.applyMetadata(path, body, { ...how, force: forceConflicts });
    return addsOwners
      ? api.jsonPatchMetadata(path, ownersAdded(manifest, addsOwners), how)
      : api.mergePatchMetadata(path, { metadata: withAllOwners(manifest, planned) }, how);
  };
  const written = await writeOnce<Manifest>(connection, {
    change,
    send: async () => {
      try {
        return await send();
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        // A merge patch of a Secret that was deleted meanwhile is a 404, where an apply is a conflict about the uid.
        // If a test of the JSON patch fails, the answer is a 422.
        const isExpected = uid !== undefined || addsOwners !== undefined;
        const isStale =
          error.status === 409 ||
          (isExpected && error.saysGone(name, 'secrets')) ||
          (addsOwners !== undefined && error.status === 422);
        throw isStale ? conflict(error, manifest) : error;
      }
    },
    isDone: (found) => isWritten(found, manifest, content?.id),
    look: () => seenSecret(connection, namespace, name),
    journal,
  });
  content?.written();
  // A JSON patch cannot test whether a field exists.
  const { annotations, deletionTimestamp } = written.metadata ?? {};
  if (addsOwners && (!annotations?.[passwordIdAnnotation] || deletionTimestamp)) {
    throw new StalePlanError('stale-plan', `Secret ${name} has no password, or is being deleted`, [
      advice('try again'),
    ]);
  }
  return written;
}

/** The manifest with the data, and with the annotation that changes with each password. */
async function withContent(manifest: Manifest, content: SecretContent): Promise<Manifest & { readonly data: object }> {
  const data = Object.entries(await content.data()).map(([key, text]) => [key, base64(text)]);
  const annotations = { ...manifest.metadata?.annotations, [passwordIdAnnotation]: content.id };
  return { ...manifest, metadata: { ...manifest.metadata, annotations }, data: Object.fromEntries(data) };
}

/** A JSON patch that adds owners. The server refuses it if the Secret has other labels, or no owners at all. */
function ownersAdded({ metadata }: Manifest, added: readonly string[]): readonly object[] {
  const owners = (metadata?.ownerReferences ?? []).filter(({ name }) => added.includes(name));
  return [
    ...Object.entries(metadata?.labels ?? {}).map(([key, value]) => ({
      op: 'test',
      path: `/metadata/labels/${keyInPointer(key)}`,
      value,
    })),
    ...owners.map((value) => ({ op: 'add', path: '/metadata/ownerReferences/-', value })),
  ];
}

/** A key as a part of a JSON pointer (RFC 6901). */
function keyInPointer(key: string): string {
  return key.replaceAll('~', '~0').replaceAll('/', '~1');
}

/** The metadata for a merge patch, which replaces the whole list of owners. */
function withAllOwners({ metadata }: Manifest, planned: Pick<PlannedWrite, 'manifest'>): Manifest['metadata'] {
  const others = planned.manifest.metadata?.ownerReferences ?? [];
  return { ...metadata, ownerReferences: [...others, ...(metadata?.ownerReferences ?? [])] };
}

function isWritten(found: Manifest | undefined, manifest: Manifest, id: string | undefined): boolean {
  if (!found) return false;
  if (id !== undefined) return found.metadata?.annotations?.[passwordIdAnnotation] === id;
  const uids = new Set((found.metadata?.ownerReferences ?? []).map(({ uid }) => uid));
  return (manifest.metadata?.ownerReferences ?? []).every(({ uid }) => uids.has(uid));
}

/** This field manager owns no field. An empty apply of a manager that owns fields would remove them from the answer. */
const looker = 'kubectl-skyports-look';

/**
 * Whether the user may write Secrets of any name. The answer does not depend on a SkyPilot cluster, so it can be
 * requested together with the first lists.
 *
 * @returns false also if the answer is uncertain, for example if the user may only write Secrets with certain names
 */
export async function mayWriteSecrets(connection: Connection, namespace: string): Promise<boolean> {
  return seenSecret(connection, namespace, looker).then(
    () => true,
    () => false,
  );
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
  const how = { fieldManager: looker, dryRun: true };
  const found = await api.applyMetadata(objectPath('Secret', namespace, name), nothing, how);
  // In a dry run, an object that does not exist yet has no resourceVersion.
  return found.metadata?.resourceVersion ? found : undefined;
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}
