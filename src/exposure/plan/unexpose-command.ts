import { type Command, command, part } from '../../errors/cure.ts';
import { operandOf } from '../../skypilot/operand.ts';
import type { SkyCluster } from '../../skypilot/sky-cluster.ts';
import type { ExposeMode } from './expose-request.ts';

/** `kubectl skyports unexpose …` of all ports. @param mode undefined for all */
export function unexposeCommand(
  skyCluster: Pick<SkyCluster, 'displayName' | 'nameOnCloud' | 'namespace'>,
  mode?: ExposeMode,
): Command | null {
  return command`kubectl skyports unexpose ${operandOf(skyCluster)} -n ${skyCluster.namespace} ${mode && part`--mode ${mode}`}`;
}

/** What to do where our load balancer cannot be changed. */
export function afresh(skyCluster: Pick<SkyCluster, 'displayName' | 'nameOnCloud' | 'namespace'>): string {
  return `${unexposeCommand(skyCluster, 'loadbalancer')}   then expose again`;
}
