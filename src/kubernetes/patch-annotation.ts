import type { WithMetadata } from '../snapshot/object-reference.ts';
import { objectPath, type ResourceKind } from '../snapshot/resource-paths.ts';
import { ApiError } from './api-error.ts';
import { StalePlanError } from './apply.ts';
import type { Connection } from './connect.ts';

/** One annotation of an object as it was read; a value of null removes it. */
export interface AnnotationPatch<T extends WithMetadata> {
  readonly kind: ResourceKind;
  readonly object: T;
  readonly key: string;
  readonly value: string | null;
}

/**
 * Writes one annotation and nothing else, as `kubectl annotate --overwrite` does: a merge patch, and only of the object
 * as it was read.
 *
 * @throws StalePlanError when the object has changed since
 */
export async function patchAnnotation<T extends WithMetadata>(
  { api }: Connection,
  { kind, object, key, value }: AnnotationPatch<T>,
  options: { readonly fieldManager: string; readonly dryRun: boolean },
): Promise<T> {
  const { namespace = '', name = '', resourceVersion } = object.metadata ?? {};
  const patch = { metadata: { resourceVersion, annotations: { [key]: value } } };
  try {
    return await api.mergePatch<T>(objectPath(kind, namespace, name), patch, options);
  } catch (error) {
    if (!(error instanceof ApiError) || error.status !== 409) throw error;
    throw new StalePlanError(error.message, 'try again', { cause: error });
  }
}
