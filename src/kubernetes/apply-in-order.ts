import type { Manifest } from '../snapshot/plan.ts';
import { objectPath, type ResourceKind } from '../snapshot/resource-paths.ts';
import { ApiError } from './api-error.ts';
import { type ApplyOptions, applyOne } from './apply.ts';
import type { Connection } from './connect.ts';

/** An object to write after those before it, and its status after itself. */
export interface OrderedWrite {
  readonly kind: ResourceKind;
  readonly effect: 'created' | 'changed' | 'unchanged';
  readonly manifest: Manifest;
  readonly status?: object;
}

/** A write that was done, with the object as the server answered. */
export interface OrderedResult {
  readonly kind: ResourceKind;
  readonly effect: OrderedWrite['effect'];
  readonly object: Manifest;
}

/**
 * Applies objects one after the other, each with its status; unchanged ones cost no request, but for a dry run. When
 * one is refused, what this call created is removed again. A dry run shows a status without asking about it, and what
 * is to stand in a namespace that is yet to be made as it was planned: the server knows neither.
 *
 * @throws StalePlanError when an object has changed since it was planned
 */
export async function applyInOrder(
  connection: Connection,
  writes: readonly OrderedWrite[],
  options: ApplyOptions,
): Promise<OrderedResult[]> {
  const done: OrderedResult[] = [];
  try {
    for (const { kind, effect, manifest, status } of writes) {
      if (!options.dryRun && effect === 'unchanged') continue;
      if (options.dryRun && done.some((each) => makesNamespaceOf(each, manifest))) {
        done.push({ kind, effect, object: withStatus(manifest, status) });
        continue;
      }
      const object = await applyOne(connection, manifest, options);
      done.push({ kind, effect, object: withStatus(object, status) });
      if (status && !options.dryRun) await writeStatus(connection, kind, object, { status, options });
    }
  } catch (error) {
    if (!options.dryRun) await undo(connection, done);
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

async function writeStatus(
  { api }: Connection,
  kind: ResourceKind,
  { metadata }: Manifest,
  { status, options }: { readonly status: object; readonly options: ApplyOptions },
): Promise<void> {
  const path = objectPath(kind, metadata?.namespace ?? '', metadata?.name ?? '');
  await api.mergePatch(`${path}/status`, { status }, { fieldManager: options.fieldManager });
}

/** The last first: a namespace that is empty again goes at once. */
async function undo({ api }: Connection, done: readonly OrderedResult[]): Promise<void> {
  for (const { kind, effect, object } of done.toReversed()) {
    if (effect !== 'created') continue;
    const { name = '', namespace = '', uid } = object.metadata ?? {};
    await api.remove(objectPath(kind, namespace, name), { uid }).catch((error) => {
      if (!(error instanceof ApiError)) throw error;
    });
  }
}
