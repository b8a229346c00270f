import type { ManagedFieldsEntry } from 'kubernetes-types/meta/v1';

export interface WithManagers {
  readonly metadata?: { managedFields?: ManagedFieldsEntry[] };
}

/**
 * Shortens the `managedFields` of an object from a list or a watch.
 *
 * @param path the path of the list
 */
export function shortenManagers({ metadata }: WithManagers, path: string): void {
  if (!Array.isArray(metadata?.managedFields)) return;
  // This plugin writes no Pods and EndpointSlices, and no check asks who did.
  const isUnread = /\/(?:pods|endpointslices)$/.test(path);
  metadata.managedFields = isUnread ? noManagers : metadata.managedFields.filter((each) => each !== null);
  for (const entry of metadata.managedFields) shorten(entry);
}

const noManagers: ManagedFieldsEntry[] = [];

interface Fields {
  readonly [field: string]: Fields | undefined;
}

/**
 * Shortens an entry of `managedFields`, because the owned fields are half of the memory of a list. Only the types of
 * conditions stay. The plugin needs the other owned fields only for its own field manager.
 */
function shorten(entry: ManagedFieldsEntry): void {
  if (entry.manager === 'kubectl-skyports') return;
  const conditions = (entry.fieldsV1 as Fields | undefined)?.['f:status']?.['f:conditions'];
  const types = conditions && Object.fromEntries(Object.keys(conditions).map((key) => [key, {}]));
  // Set the field to undefined instead of deleting it. V8 needs more memory for an object after a field was deleted.
  Object.assign(entry, { fieldsV1: types && { 'f:status': { 'f:conditions': types } } });
}

export interface WithContainers {
  readonly spec?: { readonly containers?: readonly ({ args?: unknown } | null)[] };
}

/** Empties the arguments of a Pod's containers. Malformed arguments stay, so that they are reported. */
export function forgetArguments({ spec }: WithContainers): void {
  if (!Array.isArray(spec?.containers)) return;
  for (const container of spec.containers) {
    const args = container?.args;
    if (Array.isArray(args) && args.every((each) => typeof each === 'string')) container!.args = noArguments;
  }
}

const noArguments: string[] = [];
