import type { Service } from 'kubernetes-types/core/v1';
import type { LoadBalancer } from './platform.ts';

/** An annotation by all the names that a load balancer has had for it, today's first. */
export function keysOf({ legacyPrefix }: LoadBalancer, key: string): string[] {
  if (!legacyPrefix || !key.startsWith(legacyPrefix.now)) return [key];
  return [key, legacyPrefix.before + key.slice(legacyPrefix.now.length)];
}

/**
 * An annotation as the load balancer that is there knows it: by its earlier prefix where Services bear that alone.
 *
 * @param services what was seen of the Services
 */
export function annotationKey(loadBalancer: LoadBalancer, key: string, services: readonly Service[]): string {
  const [today, earlier] = keysOf(loadBalancer, key);
  const { legacyPrefix } = loadBalancer;
  if (!legacyPrefix || earlier === undefined) return key;
  // What was set by hand may be older than what reads it: only what the load balancer itself has written counts.
  const [now, before] = keysOf(loadBalancer, legacyPrefix.now + legacyPrefix.writes);
  const has = (written: string) => services.some(({ metadata }) => metadata?.annotations?.[written]);
  return has(before!) && !has(now!) ? earlier : today!;
}
