import { allPlatforms } from './all-platforms.ts';
import type { LoadBalancer, Platform } from './platform.ts';

/** What no source settles of these: a line each, for the user. */
export function unverifiedOf(all: readonly (LoadBalancer | Platform)[]): string[] {
  const lines = all.flatMap(({ title, unverified }) => unverified.map((fact) => `not verified of ${title}: ${fact}`));
  return [...new Set(lines)];
}

/** The same of a load balancer and of the platforms that bring it. */
export function unverifiedOfLoadBalancer(loadBalancer: LoadBalancer): string[] {
  return unverifiedOf([loadBalancer, ...allPlatforms.filter((each) => each.loadBalancer === loadBalancer)]);
}
