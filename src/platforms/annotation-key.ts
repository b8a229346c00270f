import type { Service } from 'kubernetes-types/core/v1';
import type { LoadBalancer } from './platform.ts';

/** All keys that an annotation of a load balancer has had. The current key comes first. */
export function keysOf({ legacyPrefix }: LoadBalancer, key: string): string[] {
  if (!legacyPrefix || !key.startsWith(legacyPrefix.now)) return [key];
  return [key, legacyPrefix.before + key.slice(legacyPrefix.now.length)];
}

/**
 * The annotation key that the installed load balancer reads. This is the old key if the load balancer itself has only
 * written annotations with the old prefix.
 * @param services the Services that were listed
 */
export function annotationKey(loadBalancer: LoadBalancer, key: string, services: readonly Service[]): string {
  const [today, earlier] = keysOf(loadBalancer, key);
  const { legacyPrefix } = loadBalancer;
  if (!legacyPrefix || earlier === undefined) return key;
  // Only annotations from the load balancer itself count, because a user may have used the wrong prefix.
  const [now, before] = keysOf(loadBalancer, legacyPrefix.now + legacyPrefix.writes);
  const has = (written: string) => services.some(({ metadata }) => metadata?.annotations?.[written]);
  return has(before!) && !has(now!) ? earlier : today!;
}
