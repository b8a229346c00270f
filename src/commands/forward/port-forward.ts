import type { Pod } from 'kubernetes-types/core/v1';
import { podFaultOf } from '../../doctor/subjects/pod-fault.ts';
import { command, cure } from '../../errors/cure.ts';
import { Failure } from '../../errors/failure.ts';
import { operandOf } from '../../skypilot/operand.ts';
import { headPodOf, type SkyCluster } from '../../skypilot/sky-cluster.ts';
import type { ConnectionValues } from '../command.ts';
import { connectionFlags } from '../connection/flags.ts';

/**
 * The head Pod, which must be running.
 *
 * @throws Failure if there is no head Pod, or it is not running
 */
export function runningHeadOf(skyCluster: SkyCluster): Pod {
  const head = headPodOf(skyCluster);
  const cures = [
    cure(
      command`kubectl skyports doctor ${operandOf(skyCluster)} -n ${skyCluster.namespace}`,
      'says what is wrong and how to fix it',
    ),
  ];
  if (!head) throw new Failure('no-head-pod', `SkyPilot cluster ${skyCluster.displayName} has no head Pod`, cures);
  const fault = podFaultOf(head);
  if (fault) {
    const fact = `Pod ${head.metadata?.name}, the head of ${skyCluster.displayName}, ${fault.fact}`;
    throw new Failure('head-pod-not-running', fact, cures);
  }
  return head;
}

/** The connection flags of this call, as arguments for kubectl. */
export function passedOn(values: ConnectionValues): string[] {
  const names = (Object.keys(connectionFlags) as (keyof ConnectionValues)[]).filter((name) => name !== 'namespace');
  return names.flatMap((name) => {
    const value = values[name];
    if (value === undefined || value === '') return [];
    return [value].flat().map((each) => `${name === 'v' ? '-' : '--'}${name}=${each}`);
  });
}
