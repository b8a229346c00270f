import { advice } from '../../errors/cure.ts';
import type { WithMetadata } from '../../snapshot/object-reference.ts';
import type { Manifest } from '../../snapshot/plan.ts';
import { objectPath, type ResourceKind } from '../../snapshot/resource-paths.ts';
import { ApiError } from '../api/api-error.ts';
import type { Connection } from '../api/connect.ts';
import type { Journal } from './journal.ts';
import { StalePlanError } from './stale-plan-error.ts';
import { writeOnce } from './write-once.ts';

/** An annotation to write on an object that was read before. If `value` is null, the annotation is removed. */
export interface AnnotationPatch<T extends WithMetadata> {
  readonly kind: ResourceKind;
  readonly object: T;
  readonly key: string;
  readonly value: string | null;
}

/**
 * Writes one annotation and nothing else, like `kubectl annotate --overwrite`. The merge patch contains the
 * resourceVersion, so it fails if the object has changed since it was read.
 *
 * @throws StalePlanError if the object has changed
 */
export async function patchAnnotation<T extends WithMetadata>(
  connection: Connection,
  { kind, object, key, value }: AnnotationPatch<T>,
  { fieldManager, journal }: { readonly fieldManager: string; readonly journal: Journal | undefined },
): Promise<T> {
  const { namespace = '', name = '', resourceVersion, uid } = object.metadata ?? {};
  const patch = { metadata: { resourceVersion, annotations: { [key]: value } } };
  const send = async () => {
    try {
      const how = { fieldManager, dryRun: !journal, uid };
      return await connection.api.mergePatch<T>(objectPath(kind, namespace, name), patch, how);
    } catch (error) {
      if (!(error instanceof ApiError) || error.status !== 409) throw error;
      throw new StalePlanError('conflict', error.message, [advice('try again')], { cause: error });
    }
  };
  const change = { kind, namespace, name, effect: 'annotated' } as const;
  const isDone = (found: Manifest | undefined) => (found?.metadata?.annotations?.[key] ?? null) === value;
  return writeOnce(connection, { change, send, isDone, journal });
}
