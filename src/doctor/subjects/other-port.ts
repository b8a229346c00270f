import { type Cure, command, cure } from '../../errors/cure.ts';
import type { OtherPort } from '../../platforms/missing-implementation.ts';
import { operandOf } from '../../skypilot/operand.ts';
import { exposeCommand } from '../format.ts';
import type { ExposingService } from './exposing-services.ts';

/**
 * Commands that open the app's port at another Service port, because another Service already uses the current port on
 * the nodes. In a Service of this plugin, the current port has to be closed first, because ServiceLB needs all ports of
 * a Service on one node.
 */
export function otherPortCures(
  { skyCluster, ports, owner }: Pick<ExposingService, 'skyCluster' | 'ports' | 'owner'>,
  { port, free }: OtherPort,
): Cure[] {
  const mapping = ports.find(({ servicePort }) => servicePort === port);
  if (!mapping) return [];
  const opening = exposeCommand(skyCluster, [{ servicePort: free, targetPort: mapping.targetPort }], 'loadbalancer');
  const opens = `opens the app at port ${free} of the nodes`;
  if (owner !== 'kubectl-skyports') return [cure(opening, opens)];
  const closing = command`kubectl skyports unexpose ${operandOf(skyCluster)} ${port} -n ${skyCluster.namespace} --mode loadbalancer`;
  return [cure(closing, `first: closes port ${port}, which is taken on the nodes`), cure(opening, `then: ${opens}`)];
}
