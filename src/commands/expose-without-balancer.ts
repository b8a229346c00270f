import type { Service } from 'kubernetes-types/core/v1';
import { advice, command, cure } from '../errors/cure.ts';
import { externalAddressesOf } from '../exposure/external-addresses.ts';
import type { ExposeRequest } from '../exposure/plan/expose-request.ts';
import { cureLines } from '../output/cure-lines.ts';
import { nothingGivesAddresses } from '../platforms/absence.ts';
import { operandOf } from '../skypilot/operand.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import type { ConnectionValues } from './command.ts';
import { curesForThisConnection } from './for-this-connection.ts';

/**
 * Says before anything is written that a Service would wait for an address in vain, and which mode works.
 *
 * @param live our Service, if it exists already
 * @returns lines; none if something gives addresses, or too little was seen
 */
export function absenceNotes(
  seen: Snapshot,
  live: Service | undefined,
  request: ExposeRequest,
  values: ConnectionValues,
): string[] {
  const hasAddress = live !== undefined && externalAddressesOf(live).length > 0;
  if (hasAddress || request.loadBalancerClass !== undefined) return [];
  const absence = nothingGivesAddresses(seen);
  if (!absence) return [];
  const { skyCluster, ports } = request;
  const words = ports.map(({ servicePort, targetPort }) =>
    servicePort === targetPort ? `${servicePort}` : `${servicePort}:${targetPort}`,
  );
  const onNodes = cure(
    command`kubectl skyports expose ${operandOf(skyCluster)} ${words} -n ${skyCluster.namespace} --mode nodeport`,
    'opens the ports on the nodes, which needs no load balancer',
  );
  const cures = [...curesForThisConnection([onNodes], values), advice(`or: ${absence.advice}`)];
  return [`warning: ${absence.cause}: the Service will wait for an address`, ...cureLines(cures)];
}
