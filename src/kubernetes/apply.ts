import { Failure } from '../errors/failure.ts';
import type { Manifest, Plan, PlannedRemoval, PlannedWrite } from '../snapshot/plan.ts';
import { objectPath, type ResourceKind } from '../snapshot/resource-paths.ts';
import { ApiError } from './api-error.ts';
import type { Connection } from './connect.ts';

/** How a plan is carried out. */
export interface ApplyOptions {
  readonly fieldManager: string;
  /** The server checks and answers, and keeps nothing. */
  readonly dryRun: boolean;
  /** Takes over fields that other managers own. */
  readonly forceConflicts: boolean;
}

/** A write that was done. */
export interface Applied {
  readonly planned: PlannedWrite;
  readonly kind: PlannedWrite['kind'];
  readonly effect: PlannedWrite['effect'];
  /** As the server answered. */
  readonly object: Manifest;
}

/** The objects are no longer the ones that the plan was made from: look and plan again. */
export class StalePlanError extends Failure {
  override readonly name = 'StalePlanError';
}

/** Requests under way at once: an API server queues more anyway. */
const atOnce = 8;

/**
 * Does what a plan says: writes by server-side apply, then removals. Unchanged objects cost no request, but for a dry run. When a write is
 * refused, what this call created before it is removed again.
 *
 * @throws StalePlanError, and Failure for a conflict of field managers; both before anything is half done
 */
export async function applyPlan(connection: Connection, plan: Plan, options: ApplyOptions): Promise<Applied[]> {
  const due = plan.writes.filter(({ effect }) => options.dryRun || effect !== 'unchanged');
  const applied: Applied[] = [];
  try {
    const write = async (planned: PlannedWrite) => {
      const object = await applyOne(connection, withOwners(planned, applied), options);
      applied.push({ planned, kind: planned.kind, effect: planned.effect, object });
    };
    await eachOf(
      due.filter(({ ownedBy }) => !ownedBy),
      write,
    );
    await eachOf(
      due.filter(({ ownedBy }) => ownedBy),
      write,
    );
  } catch (error) {
    if (!options.dryRun) await undo(connection, applied);
    throw error;
  }
  for (const removal of plan.removals) await removeOne(connection, removal, options.dryRun);
  return applied.sort((a, b) => due.indexOf(a.planned) - due.indexOf(b.planned));
}

async function eachOf<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const queue = [...items];
  let failed = false;
  const worker = async () => {
    for (let item = queue.shift(); item !== undefined && !failed; item = queue.shift()) {
      await work(item).catch((error) => {
        failed = true;
        throw error;
      });
    }
  };
  const ends = await Promise.allSettled(Array.from({ length: Math.min(atOnce, items.length) }, worker));
  for (const end of ends) if (end.status === 'rejected') throw end.reason;
}

function withOwners({ manifest, ownedBy }: PlannedWrite, applied: readonly Applied[]): Manifest {
  if (!ownedBy) return manifest;
  const ownerReferences = ownedBy.map(({ name, uid }) => {
    const written = applied.find(({ kind, object }) => kind === 'Service' && object.metadata?.name === name);
    return { apiVersion: 'v1', kind: 'Service', name, uid: written?.object.metadata?.uid ?? uid ?? '' };
  });
  return { ...manifest, metadata: { ...manifest.metadata, ownerReferences } };
}

/** One server-side apply. @throws StalePlanError, and Failure for a conflict of field managers */
export async function applyOne(connection: Connection, manifest: Manifest, options: ApplyOptions): Promise<Manifest> {
  const { fieldManager, dryRun, forceConflicts } = options;
  const { name = '', namespace = '' } = manifest.metadata ?? {};
  const path = objectPath(manifest.kind as ResourceKind, namespace, name);
  try {
    return await connection.api.apply<Manifest>(path, manifest, { fieldManager, dryRun, force: forceConflicts });
  } catch (error) {
    throw error instanceof ApiError && error.status === 409 ? conflict(error, manifest) : error;
  }
}

/** Two kinds of 409: fields that another manager owns, or an object that has changed since it was read. */
function conflict(error: ApiError, { kind, metadata }: Manifest): Failure {
  const fields = error.causes.filter(({ reason }) => reason === 'FieldManagerConflict');
  if (fields.length === 0) return new StalePlanError(error.message, 'try again', { cause: error });
  const owned = fields.map(
    ({ field, message = '' }) => `${field} (${/conflict with "([^"]+)"/.exec(message)?.[1] ?? message})`,
  );
  return new Failure(
    `${kind} ${metadata?.name}: other field managers own what would change: ${owned.join(', ')}`,
    '--force-conflicts takes these fields over',
    { cause: error },
  );
}

async function removeOne(connection: Connection, removal: PlannedRemoval, dryRun: boolean): Promise<void> {
  const { kind, namespace, name, uid, resourceVersion } = removal;
  const path = objectPath(kind as ResourceKind, namespace, name);
  try {
    await connection.api.remove(path, { uid, resourceVersion, dryRun, propagationPolicy: 'Background' });
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    // Gone already is as good as removed.
    if (error.status === 409) throw new StalePlanError(error.message, 'try again', { cause: error });
    if (error.status !== 404) throw error;
  }
}

async function undo(connection: Connection, applied: readonly Applied[]): Promise<void> {
  for (const { kind, effect, object } of applied) {
    if (effect !== 'created') continue;
    const { name = '', namespace = '', uid } = object.metadata ?? {};
    await connection.api.remove(objectPath(kind, namespace, name), { uid }).catch(() => {});
  }
}
