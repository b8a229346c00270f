import { shellWord } from '../../errors/shell-word.ts';
import type { SkyCluster } from '../../skypilot/sky-cluster.ts';

/** What to do where our load balancer cannot be changed. */
export function afresh({ displayName, namespace }: Pick<SkyCluster, 'displayName' | 'namespace'>): string {
  return `kubectl skyports unexpose ${shellWord(displayName)} -n ${shellWord(namespace)} --mode loadbalancer   then expose again`;
}
