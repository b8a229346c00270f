import type { WithMetadata } from '../snapshot/object-reference.ts';

/** By which external-dns is told to publish names for the address of a Service or an Ingress (external-dns, docs/annotations). */
export const hostnameAnnotation = 'external-dns.alpha.kubernetes.io/hostname';

/** The first name that external-dns publishes for one of these objects; undefined when it publishes none that can be called. */
export function publishedHostOf(...objects: readonly (WithMetadata | undefined)[]): string | undefined {
  const names = objects.flatMap((object) => (object?.metadata?.annotations?.[hostnameAnnotation] ?? '').split(','));
  return names.map((name) => name.trim().replace(/\.$/, '').toLowerCase()).find(isHostName);
}

/** A wildcard cannot be called as it stands, and what ends in a number is no name. */
function isHostName(name: string): boolean {
  return name.length <= 253 && /^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+(?!\d+$)[a-z0-9-]+$/.test(name);
}
