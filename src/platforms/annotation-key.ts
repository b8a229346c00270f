import type { Service } from 'kubernetes-types/core/v1';
import type { LoadBalancer } from './platform.ts';

/**
 * An annotation as the load balancer that is there knows it: by its earlier prefix where Services bear that alone.
 *
 * @param services what was seen of the Services
 */
export function annotationKey({ earlierPrefix }: LoadBalancer, key: string, services: readonly Service[]): string {
  if (!earlierPrefix || !key.startsWith(earlierPrefix.now)) return key;
  const { now, before, writes } = earlierPrefix;
  // What was set by hand may be older than what reads it: only what the load balancer itself has written counts.
  const has = (prefix: string) => services.some(({ metadata }) => metadata?.annotations?.[prefix + writes]);
  return has(before) && !has(now) ? before + key.slice(now.length) : key;
}
