import { type Command, command } from '../errors/cure.ts';

/**
 * A command that applies objects. The objects are one line of JSON, because the shell fish has no here-documents.
 * Placeholders are in upper case.
 */
export function applyCommand(...objects: readonly object[]): Command | null {
  const manifest = objects.length === 1 ? objects[0] : { apiVersion: 'v1', kind: 'List', items: objects };
  return command`echo ${JSON.stringify(manifest)} | kubectl apply -f -`;
}
