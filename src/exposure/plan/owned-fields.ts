import type { WithMetadata } from '../../snapshot/object-reference.ts';
import { fieldManager } from '../ownership.ts';

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
interface Fields {
  [path: string]: Fields;
}

/**
 * The fields of a live object that this plugin owns by server-side apply (`metadata.managedFields`, FieldsV1 of
 * structured-merge-diff). The next apply must contain them too, because it removes owned fields that it does not
 * contain.
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

/**
 * Whether two plain values are equal. The order of keys and of list items does not matter. A key counts as absent if
 * its value is undefined or an empty object.
 */
export function sameValue(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  if (Array.isArray(a) && Array.isArray(b)) return sameItems(a, b);
  const left = definedOf(a);
  const right = definedOf(b);
  return (
    left.length === right.length && left.every(([key, value]) => sameValue(value, (b as Record<string, unknown>)[key]))
  );
}

function sameItems(a: readonly unknown[], b: readonly unknown[]): boolean {
  const rest = [...b];
  return (
    a.length === b.length &&
    a.every((item) => {
      const index = rest.findIndex((other) => sameValue(item, other));
      if (index !== -1) rest.splice(index, 1);
      return index !== -1;
    })
  );
}

function definedOf(value: object): [string, unknown][] {
  return Object.entries(value).filter(([, each]) => each !== undefined && !isEmptyObject(each));
}

function isEmptyObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && Object.keys(value).length === 0;
}
