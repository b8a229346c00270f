import { allPlatforms } from './all-platforms.ts';
import type { LoadBalancer, Platform } from './platform.ts';

/** What no source settles of a load balancer, and of the platform that brings it: a line each, for the user. */
export function unverifiedOf(loadBalancer: LoadBalancer): string[] {
  const platforms = allPlatforms.filter((each) => each.loadBalancer === loadBalancer);
  return [...new Set([loadBalancer, ...platforms].flatMap(linesOf))];
}

/** The same of several. */
export function unverifiedOfAll(all: readonly (LoadBalancer | Platform)[]): string[] {
  return [...new Set(all.flatMap(linesOf))];
}

function linesOf({ title, unverified }: LoadBalancer | Platform): string[] {
  return unverified.map((fact) => `not verified of ${title}: ${fact}`);
}
