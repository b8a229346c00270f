import type { Manifest } from '../../snapshot/plan.ts';
import { objectPath, type ResourceKind } from '../../snapshot/resource-paths.ts';
import type { Connection } from '../api/connect.ts';
import { type ApplyOptions, applyOne, changeOf, undo } from './apply.ts';
import type { Change } from './journal.ts';
import { holds, writeOnce } from './write-once.ts';

/** An object for `applyInOrder`. If it has a status, the status is written directly after the object. */
interface OrderedWrite {
  readonly kind: ResourceKind;
  readonly effect: 'created' | 'changed' | 'unchanged';
  readonly manifest: Manifest;
  readonly status?: object;
}

/** A completed write, with the object in the server's answer. */
export interface OrderedResult {
  readonly kind: ResourceKind;
  readonly effect: OrderedWrite['effect'];
  readonly object: Manifest;
}

/**
 * Applies objects one after the other, each with its status. Unchanged objects need no request, except in a dry run. If
 * a write fails, the objects that this call has created are removed again.
 *
 * A dry run leaves out what the server cannot validate in it: a status, and an object in a namespace that does not
 * exist yet.
 *
 * @throws StalePlanError if an object has changed since the plan was made
 */
export async function applyInOrder(
  connection: Connection,
  writes: readonly OrderedWrite[],
  options: ApplyOptions,
): Promise<OrderedResult[]> {
  const { journal } = options;
  const due = writes.filter(({ effect }) => !journal || effect !== 'unchanged');
  journal?.expect(
    due.flatMap((write) => [
      changeOf(write),
      ...(write.status ? [statusChange(write.kind, write.manifest.metadata)] : []),
    ]),
  );
  const done: OrderedResult[] = [];
  try {
    for (const write of due) {
      const { kind, effect, manifest, status } = write;
      if (!journal && done.some((each) => makesNamespaceOf(each, manifest))) {
        done.push({ kind, effect, object: withStatus(manifest, status) });
        continue;
      }
      const object = await applyOne(connection, write, options);
      done.push({ kind, effect, object: withStatus(object, status) });
      if (status && journal) await writeStatus(connection, kind, object, { status, options });
    }
  } catch (error) {
    if (journal) await undo(connection, done.toReversed(), journal);
    throw error;
  }
  return done;
}

function makesNamespaceOf({ kind, object }: OrderedResult, { metadata }: Manifest): boolean {
  return kind === 'Namespace' && object.metadata?.name === metadata?.namespace;
}

function withStatus(object: Manifest, status: object | undefined): Manifest {
  return status ? ({ ...object, status } as Manifest) : object;
}

/** Writes the status in a separate request. The server may refuse this request even if it accepted the object. */
async function writeStatus(
  connection: Connection,
  kind: ResourceKind,
  { metadata }: Manifest,
  { status, options }: { readonly status: object; readonly options: ApplyOptions },
): Promise<void> {
  const { fieldManager, journal } = options;
  const change = statusChange(kind, metadata);
  const path = objectPath(kind, change.namespace, change.name);
  const send = () => connection.api.mergePatch<Manifest>(path, { status }, { fieldManager });
  const isDone = (found: Manifest | undefined) => holds(found, { status });
  await writeOnce(connection, { change, send, isDone, journal });
}

function statusChange(kind: ResourceKind, metadata: Manifest['metadata']): Change {
  return { kind, namespace: metadata?.namespace ?? '', name: `${metadata?.name}/status`, effect: 'changed' };
}
