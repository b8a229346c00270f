import { shellWord } from '../../errors/shell-word.ts';
import { operandOf } from '../../skypilot/operand.ts';
import type { SkyCluster } from '../../skypilot/sky-cluster.ts';
import type { ExposeMode } from './expose-request.ts';

/** `kubectl skyports unexpose …` of all ports. @param mode undefined for all */
export function unexposeCommand(
  skyCluster: Pick<SkyCluster, 'displayName' | 'nameOnCloud' | 'namespace'>,
  mode?: ExposeMode,
): string {
  const command = `kubectl skyports unexpose ${operandOf(skyCluster)} -n ${shellWord(skyCluster.namespace)}`;
  return mode ? `${command} --mode ${mode}` : command;
}

/** What to do where our load balancer cannot be changed. */
export function afresh(skyCluster: Pick<SkyCluster, 'displayName' | 'nameOnCloud' | 'namespace'>): string {
  return `${unexposeCommand(skyCluster, 'loadbalancer')}   then expose again`;
}
