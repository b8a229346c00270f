import type { WithMetadata } from '../../snapshot/object-reference.ts';
import { fieldManager } from '../ownership.ts';

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
interface Fields {
  [path: string]: Fields;
}

/**
 * The part of a live object that our server-side apply owns (`metadata.managedFields`, structured-merge-diff's FieldsV1):
 * what has to be repeated in the next apply, for it drops what is not.
 *
 * @returns name, namespace and the owned fields; without apiVersion and kind
 */
export function ownedFieldsOf<T extends WithMetadata>(live: T): T {
  const entry = live.metadata?.managedFields?.find(
    ({ manager, operation, subresource }) => manager === fieldManager && operation === 'Apply' && !subresource,
  );
  const owned = entry ? extract(live as unknown as Json, (entry.fieldsV1 ?? {}) as Fields) : {};
  const { metadata = {}, ...rest } = owned as { metadata?: object };
  const { name, namespace } = live.metadata ?? {};
  return { ...rest, metadata: { ...metadata, name, namespace } } as T;
}

function extract(value: Json, fields: Fields): Json {
  const parts = Object.entries(fields).filter(([path]) => path !== '.');
  if (parts.length === 0) return structuredClone(value);
  if (Array.isArray(value)) return parts.flatMap(([path, inner]) => extractItems(value, path, inner));
  const result: { [key: string]: Json } = {};
  if (value === null || typeof value !== 'object') return value;
  for (const [path, inner] of parts) {
    const name = path.slice(2);
    if (path.startsWith('f:') && value[name] !== undefined) result[name] = extract(value[name], inner);
  }
  return result;
}

function extractItems(items: readonly Json[], path: string, inner: Fields): Json[] {
  if (path.startsWith('v:')) return [JSON.parse(path.slice(2))];
  if (!path.startsWith('k:')) return [];
  const key = JSON.parse(path.slice(2)) as Record<string, Json>;
  const item = items.find(
    (each) =>
      each !== null &&
      typeof each === 'object' &&
      !Array.isArray(each) &&
      Object.entries(key).every(([name, value]) => each[name] === value),
  );
  return item === undefined ? [] : [{ ...key, ...(extract(item, inner) as object) }];
}
