import { type Cure, command, cure, part } from '../../errors/cure.ts';
import type { Severity } from '../define-check.ts';
import { exposeCommand } from '../format.ts';
import type { BalancedService } from './balanced-services.ts';

/**
 * The severity of a possible fault of an address. If a call of the address was answered, the severity is info.
 * @param isSure whether everything that decides about the fault was seen
 */
export function severityOfSilence({ call }: BalancedService, isSure: boolean): Severity {
  if (call === 'answers') return 'info';
  return isSure || call === 'no-answer' ? 'error' : 'warning';
}

/** Cures that make every node forward calls. Empty for SkyPilot's own Service, because SkyPilot reverts the change. */
export function clusterPolicyCures({
  service,
  owner,
  exposing,
}: Pick<BalancedService, 'service' | 'owner' | 'exposing'>): Cure[] {
  const note = "lets every node pass calls on; the app then sees a node's address instead of the caller's";
  if (owner === 'kubectl-skyports' && exposing) {
    const flags = part`--external-traffic-policy Cluster`;
    return [cure(exposeCommand(exposing.skyCluster, exposing.ports, 'loadbalancer', flags), note)];
  }
  if (owner === 'skypilot') return [];
  const { name = '', namespace = '' } = service.metadata ?? {};
  const patch = JSON.stringify({ spec: { externalTrafficPolicy: 'Cluster' } });
  return [cure(command`kubectl patch service ${name} -n ${namespace} --type=merge -p ${patch}`, note)];
}
