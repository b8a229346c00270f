import { allPlatforms } from './all-platforms.ts';
import type { LoadBalancer, Platform } from './platform.ts';

/** What the sources leave open about these, one line each, for the user. */
export function unverifiedOf(all: readonly (LoadBalancer | Platform)[]): string[] {
  const lines = all.flatMap(({ title, unverified }) => unverified.map((fact) => `not verified of ${title}: ${fact}`));
  return [...new Set(lines)];
}

/** The same for a load balancer and the platforms that include it. */
export function unverifiedOfLoadBalancer(loadBalancer: LoadBalancer): string[] {
  return unverifiedOf([loadBalancer, ...allPlatforms.filter((each) => each.loadBalancer === loadBalancer)]);
}
