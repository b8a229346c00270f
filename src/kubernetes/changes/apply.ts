import { setTimeout as delay } from 'node:timers/promises';
import { advice } from '../../errors/cure.ts';
import type { Manifest, Plan, PlannedRemoval, PlannedWrite } from '../../snapshot/plan.ts';
import { objectPath, pluralOf, type ResourceKind } from '../../snapshot/resource-paths.ts';
import { ApiError } from '../api/api-error.ts';
import type { Connection } from '../api/connect.ts';
import type { RemoveOptions } from '../api/requests.ts';
import { conflict } from './conflict.ts';
import type { Change, Journal } from './journal.ts';
import { patchAnnotation } from './patch-annotation.ts';
import { StalePlanError } from './stale-plan-error.ts';
import { wasApplied, wasRemoved, writeOnce } from './write-once.ts';
import { type SecretContent, writeSecret } from './write-secret.ts';

/** How to apply a plan. */
export interface ApplyOptions {
  readonly fieldManager: string;
  /** Whether to take over fields that other field managers own. */
  readonly forceConflicts: boolean;
  /** Records each change. Undefined for a dry run, in which the server only validates the objects. */
  readonly journal: Journal | undefined;
  /** The data of a Secret that the plan writes; it is sent, and appears nowhere else. */
  readonly secret?: SecretContent | undefined;
  /** In a dry run, receives a line for each optional write that the server refused. */
  readonly skipped?: (line: string) => void;
  /** Is called when the last writes begin, for a request that can go with them. It must not throw. */
  readonly besideLast?: () => void;
  /** After a failed write, returns the created objects that must stay, because other objects need them. */
  readonly inUse?: ((created: readonly Applied[]) => Promise<readonly Applied[]>) | undefined;
}

/** A completed write. */
export interface Applied {
  readonly planned: PlannedWrite;
  readonly kind: PlannedWrite['kind'];
  readonly effect: PlannedWrite['effect'];
  /** The object in the server's answer. */
  readonly object: Manifest;
}

/** How many requests are sent at the same time. An API server would queue further requests. */
const atOnce = 8;

/**
 * Applies a plan with server-side apply: first the writes, then the removals. Objects without an owner are written
 * first, then Secrets. Next come the writes and removals with `yields`, and then the others. Optional writes come last,
 * or together with the others if no Ingress is removed after them. Unchanged objects need no request, except in a dry
 * run.
 *
 * If the server refuses an optional write, this is reported, and the other objects stay. If another write fails, the
 * objects that this call has created are removed again, except those in use (`inUse`). After an interruption, they stay.
 *
 * @throws StalePlanError if an object has changed since the plan was made; Failure for a conflict of field managers
 */
export async function applyPlan(connection: Connection, plan: Plan, options: ApplyOptions): Promise<Applied[]> {
  const { journal } = options;
  const { removals } = plan;
  const due = plan.writes.filter(({ effect }) => !journal || effect !== 'unchanged');
  journal?.expect(changesOf(plan));
  const applied: Applied[] = [];
  const freed: string[] = [];
  const write = async (planned: PlannedWrite) => {
    const manifest = withOwners(planned, applied);
    let object =
      planned.kind === 'Secret'
        ? await writeSecret(connection, planned, manifest, options)
        : await applyOne(connection, { ...planned, manifest }, options, freed);
    for (const key of journal ? (planned.withoutAnnotations ?? []) : []) {
      object = await patchAnnotation(connection, { kind: planned.kind, object, key, value: null }, options);
    }
    applied.push({ planned, kind: planned.kind, effect: planned.effect, object });
  };
  const writeOptional = async (planned: PlannedWrite) => {
    await write(planned).catch((error) => {
      if (!isRefusal(error)) throw error;
      const line = `${planned.optional}: ${error.message}`;
      if (journal) journal.skipped(changeOf(planned), line);
      else options.skipped?.(line);
    });
  };
  // The other objects work without the optional ones. So if an optional write fails, nothing is undone.
  const optional = due.filter((planned) => planned.optional !== undefined);
  // If no Ingress is removed at the end, none can have the path of an optional one. So it needs no round trip of its own.
  const isEarly = removals.every(({ kind, yields }) => kind !== 'Ingress' || yields);
  let optionalEnd: Promise<unknown> | undefined;
  try {
    const needed = due.filter((planned) => planned.optional === undefined);
    const services = needed.filter(({ ownedBy }) => !ownedBy);
    const [yielding, others] = [true, undefined].map((each) =>
      needed.filter(({ kind, ownedBy, yields }) => kind !== 'Secret' && ownedBy && yields === each),
    );
    await eachOf(services, write);
    // A controller that reads the Ingress needs the Secret.
    await eachOf(
      needed.filter(({ kind }) => kind === 'Secret'),
      write,
    );
    // An admission webhook such as that of ingress-nginx refuses a path while another Ingress has it.
    const yieldingRemovals = removals.filter(({ yields }) => yields);
    const yields = [
      ...yielding!.map((planned) => () => write(planned)),
      ...yieldingRemovals.map((removal) => () => removeOne(connection, removal, journal)),
    ];
    await eachOf(yields, (change) => change());
    freed.push(...yielding!.map(({ manifest }) => placeOf(manifest.metadata ?? {})), ...yieldingRemovals.map(placeOf));
    const othersEnd = eachOf(others!, write);
    options.besideLast?.();
    if (isEarly) optionalEnd = eachOf(optional, writeOptional).catch((error) => error);
    await othersEnd;
  } catch (error) {
    await optionalEnd;
    if (journal) await undo(connection, await withoutUsed(applied, options), journal);
    throw error;
  }
  for (const removal of removals.filter(({ yields }) => !yields)) await removeOne(connection, removal, journal);
  if (!isEarly) await eachOf(optional, writeOptional);
  const failure = await optionalEnd;
  if (failure !== undefined) throw failure;
  return applied.sort((a, b) => due.indexOf(a.planned) - due.indexOf(b.planned));
}

function placeOf({ namespace, name }: { readonly namespace?: string; readonly name?: string }): string {
  return `${namespace}/${name}`;
}

/**
 * Whether the admission webhook of ingress-nginx refuses a path because its controller has not seen yet that this call
 * has taken the path from another Ingress (ingress-nginx, internal/ingress/controller/controller.go: checkOverlap).
 *
 * @param freed the other Ingresses, as NAMESPACE/NAME
 */
function isNotSeenYet(error: unknown, freed: readonly string[]): boolean {
  if (!(error instanceof ApiError) || error.status !== 400) return false;
  const holder = /is already defined in ingress (\S+)/.exec(error.serverMessage)?.[1];
  return holder !== undefined && freed.includes(holder);
}

/** How often and after which pause such a write is sent again. A busy controller needs some seconds. */
const unseenPatience = { attempts: 20, pauseMs: 500 } as const;

/** Whether a webhook, a policy, a quota or a validation refused a write. */
function isRefusal(error: unknown): error is ApiError {
  return error instanceof ApiError && [400, 403, 422].includes(error.status) && !error.isNamespaceTerminating;
}

/** The journal entry of a write. */
export function changeOf({ kind, manifest, effect }: Omit<ApplicableWrite, 'uid'>): Change {
  const { namespace = '', name = '' } = manifest.metadata ?? {};
  return { kind, namespace, name, effect: effect === 'created' ? 'created' : 'changed' };
}

/** The changes of a plan, in the order in which they are made. */
export function changesOf({ writes, removals }: Plan): Change[] {
  return [...writes.filter(({ effect }) => effect !== 'unchanged').map(changeOf), ...removals.map(removalChange)];
}

function removalChange({ kind, namespace, name }: PlannedRemoval): Change {
  return { kind, namespace, name, effect: 'deleted' };
}

/**
 * Processes several items at the same time. After a failure, no further item is started.
 *
 * @throws the error of an item that failed
 */
export async function eachOf<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
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

/** Adds the owners to a manifest. If an owner was just written, its uid comes from the answer to that write. */
export function withOwners({ manifest, ownedBy }: PlannedWrite, applied: readonly Applied[]): Manifest {
  if (!ownedBy) return manifest;
  const ownerReferences = ownedBy.map(({ name, uid }) => {
    const written = applied.find(({ kind, object }) => kind === 'Service' && object.metadata?.name === name);
    return { apiVersion: 'v1', kind: 'Service', name, uid: written?.object.metadata?.uid ?? uid ?? '' };
  });
  return { ...manifest, metadata: { ...manifest.metadata, ownerReferences } };
}

/** An object to apply. `uid` is undefined if the object does not exist yet. */
export interface ApplicableWrite {
  readonly kind: ResourceKind;
  readonly effect: PlannedWrite['effect'];
  readonly manifest: Manifest;
  readonly uid?: string | undefined;
}

/**
 * Sends one server-side apply.
 *
 * @param freed the Ingresses, as NAMESPACE/NAME, whose paths this call has just removed
 * @throws StalePlanError if the object has changed since the plan was made; Failure for a conflict of field managers
 */
export async function applyOne(
  connection: Connection,
  { kind, effect, manifest, uid }: ApplicableWrite,
  { fieldManager, forceConflicts, journal }: ApplyOptions,
  freed: readonly string[] = [],
): Promise<Manifest> {
  const { name = '', namespace = '' } = manifest.metadata ?? {};
  const path = objectPath(kind, namespace, name);
  const how = { fieldManager, dryRun: !journal, force: forceConflicts, uid };
  const send = async (): Promise<Manifest> => {
    for (let attempt = 1; ; attempt++) {
      try {
        return await connection.api.apply<Manifest>(path, manifest, how);
      } catch (error) {
        if (error instanceof ApiError && error.status === 409) throw conflict(error, manifest);
        if (!journal || attempt === unseenPatience.attempts || !isNotSeenYet(error, freed)) throw error;
      }
      await delay(unseenPatience.pauseMs);
    }
  };
  const change = changeOf({ kind, effect, manifest });
  return writeOnce(connection, { change, send, isDone: (found) => wasApplied(found, manifest), journal });
}

async function removeOne(connection: Connection, removal: PlannedRemoval, journal: Journal | undefined): Promise<void> {
  const { kind, namespace, name, uid, resourceVersion } = removal;
  // A path that this Ingress had may now be in another Ingress, or its Service may be a new one.
  const mustExist = kind === 'Ingress' && journal !== undefined;
  const send = async () => {
    const options = { uid, resourceVersion, dryRun: !journal, propagationPolicy: 'Background' } as const;
    const object = { kind: kind as ResourceKind, namespace, name };
    const gone = await removeIfThere(connection, object, options).catch((error) => {
      throw error instanceof ApiError && error.status === 409 ? staleBecause(error) : error;
    });
    if (gone && mustExist) throw staleBecause(gone);
    return undefined;
  };
  const isDone = (found: Manifest | undefined) => wasRemoved(found, uid || undefined);
  await writeOnce<unknown>(connection, { change: removalChange(removal), send, isDone, journal });
}

function staleBecause(cause: ApiError): StalePlanError {
  return new StalePlanError('conflict', cause.message, [advice('try again')], { cause });
}

/**
 * Sends one removal. An object that is already gone counts as removed. For example, garbage collection deletes an
 * Ingress whose Services were removed before it.
 *
 * @returns the answer that says that the object is gone; undefined if it was removed
 */
async function removeIfThere(
  connection: Connection,
  { kind, namespace, name }: { readonly kind: ResourceKind; readonly namespace: string; readonly name: string },
  options: RemoveOptions,
): Promise<ApiError | undefined> {
  try {
    await connection.api.remove(objectPath(kind, namespace, name), options);
    return undefined;
  } catch (error) {
    if (error instanceof ApiError && error.saysGone(name, pluralOf(kind))) return error;
    throw error;
  }
}

/** The created objects without those that must stay. If these cannot be found out, all of them are removed again. */
async function withoutUsed(applied: readonly Applied[], { inUse }: ApplyOptions): Promise<readonly Applied[]> {
  const created = applied.filter(({ effect }) => effect === 'created');
  const kept = (created.length > 0 && (await inUse?.(created).catch(() => undefined))) || [];
  return created.filter((each) => !kept.includes(each));
}

/** Removes the created objects again, except those that another client has changed in the meantime. */
export async function undo(
  connection: Connection,
  applied: readonly { readonly kind: ResourceKind; readonly effect: Applied['effect']; readonly object: Manifest }[],
  journal: Journal,
): Promise<void> {
  for (const { kind, effect, object } of applied) {
    if (effect !== 'created') continue;
    const { name = '', namespace = '', uid, resourceVersion } = object.metadata ?? {};
    const change = changeOf({ kind, effect, manifest: object });
    const remove = async () => {
      await removeIfThere(connection, { kind, namespace, name }, { uid, resourceVersion });
      return undefined;
    };
    const isDone = (found: Manifest | undefined) => wasRemoved(found, uid);
    const outcome = { done: () => journal.undone(change), unknown: () => {}, refused: () => {} };
    await writeOnce<unknown>(connection, { change, send: remove, isDone, journal: outcome }).catch((error) =>
      journal.left(change, (error as Error).message),
    );
  }
}
