import { type Command, type Cure, command, cure, part } from '../../errors/cure.ts';
import { operandOf } from '../../skypilot/operand.ts';
import type { SkyCluster } from '../../skypilot/sky-cluster.ts';
import type { ExposeMode } from '../port-mode-names.ts';

/**
 * The command `kubectl skyports unexpose …`.
 *
 * @param mode the mode of the ports; undefined for all modes
 * @param ports the Service ports; empty for all ports
 */
export function unexposeCommand(
  skyCluster: Pick<SkyCluster, 'displayName' | 'nameOnCloud' | 'namespace'>,
  mode?: ExposeMode,
  ports: readonly number[] = [],
): Command | null {
  return command`kubectl skyports unexpose ${operandOf(skyCluster)} ${ports} -n ${skyCluster.namespace} ${mode && part`--mode ${mode}`}`;
}

/** The cure if the load balancer Service of this plugin cannot be changed: delete it and create it again. */
export function replaceLoadBalancer(
  skyCluster: Pick<SkyCluster, 'displayName' | 'nameOnCloud' | 'namespace'>,
  how = '',
): Cure[] {
  const then = ['closes its ports; then expose them again', how].join(' ').trim();
  return [cure(unexposeCommand(skyCluster, 'loadbalancer'), then)];
}
