import type { Service } from 'kubernetes-types/core/v1';
import type { LoadBalancer } from './platform.ts';

/** All names that a load balancer has had for an annotation, the current one first. */
export function keysOf({ legacyPrefix }: LoadBalancer, key: string): string[] {
  if (!legacyPrefix || !key.startsWith(legacyPrefix.now)) return [key];
  return [key, legacyPrefix.before + key.slice(legacyPrefix.now.length)];
}

/**
 * The annotation key that the installed load balancer reads. The key has the earlier prefix if the load balancer wrote
 * annotations with the earlier prefix only.
 *
 * @param services the Services that were listed
 */
export function annotationKey(loadBalancer: LoadBalancer, key: string, services: readonly Service[]): string {
  const [today, earlier] = keysOf(loadBalancer, key);
  const { legacyPrefix } = loadBalancer;
  if (!legacyPrefix || earlier === undefined) return key;
  // A user may have set an annotation with the wrong prefix. So only an annotation that the load balancer itself wrote
  // counts.
  const [now, before] = keysOf(loadBalancer, legacyPrefix.now + legacyPrefix.writes);
  const has = (written: string) => services.some(({ metadata }) => metadata?.annotations?.[written]);
  return has(before!) && !has(now!) ? earlier : today!;
}
