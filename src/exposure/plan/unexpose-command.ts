import { shellWord } from '../../errors/shell-word.ts';
import type { SkyCluster } from '../../skypilot/sky-cluster.ts';
import type { ExposeMode } from './expose-request.ts';

/** `kubectl skyports unexpose …` of all ports. @param mode undefined for all */
export function unexposeCommand(
  { displayName, namespace }: Pick<SkyCluster, 'displayName' | 'namespace'>,
  mode?: ExposeMode,
): string {
  const command = `kubectl skyports unexpose ${shellWord(displayName)} -n ${shellWord(namespace)}`;
  return mode ? `${command} --mode ${mode}` : command;
}

/** What to do where our load balancer cannot be changed. */
export function afresh(skyCluster: Pick<SkyCluster, 'displayName' | 'namespace'>): string {
  return `${unexposeCommand(skyCluster, 'loadbalancer')}   then expose again`;
}
