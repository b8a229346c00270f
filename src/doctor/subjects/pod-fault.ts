import type { ContainerStatus, Pod } from 'kubernetes-types/core/v1';
import { endedBy } from '../../exposure/pod-trouble.ts';
import { type FieldEvidence, fieldOf, podReference } from '../finding.ts';
import { withoutStop } from '../format.ts';

/** The reason why a Pod does not run. */
export interface PodFault {
  readonly kind: 'terminating' | 'evicted' | 'ended' | 'image' | 'crash' | 'unscheduled' | 'held-back' | 'starting';
  /** The rest of a sentence that begins with `Pod C-head`: "is Pending: …". */
  readonly fact: string;
  readonly evidence: readonly FieldEvidence[];
}

/** The kubelet's reasons for an image that it cannot use (pkg/kubelet/images/types.go). */
const imageReasons = ['ErrImagePull', 'ImagePullBackOff', 'InvalidImageName', 'ErrImageNeverPull', 'ImageInspectError'];
/** The kubelet's reasons for a normal start. */
const startingReasons = ['ContainerCreating', 'PodInitializing'];

/** Why the Pod does not run, in the words of its status. Undefined if the Pod runs, even if it is not Ready. */
export function podFaultOf(pod: Pod): PodFault | undefined {
  const reference = podReference(pod);
  const { deletionTimestamp } = pod.metadata ?? {};
  if (deletionTimestamp) {
    const evidence = [fieldOf(reference, 'metadata.deletionTimestamp', deletionTimestamp)];
    const ended = endedBy(pod);
    return { kind: 'terminating', fact: `is being deleted${said(ended?.reason, ended?.message)}`, evidence };
  }
  const { phase = 'Pending', reason, message } = pod.status ?? {};
  const evidence = [fieldOf(reference, 'status.phase', phase)];
  if (reason) evidence.push(fieldOf(reference, 'status.reason', reason));
  if (phase === 'Failed' || phase === 'Succeeded') {
    if (reason === 'Evicted') return { kind: 'evicted', fact: `was evicted${said(message)}`, evidence };
    const by = endedBy(pod);
    const ended = endedContainerOf(pod);
    if (ended) evidence.push(ended.evidence);
    return {
      kind: 'ended',
      fact: `is ${phase}${said(ended?.fact, reason ?? by?.reason, message ?? by?.message)}`,
      evidence,
    };
  }
  return containerFaultOf(pod) ?? (phase === 'Running' ? undefined : pendingFaultOf(pod, evidence));
}

function pendingFaultOf(pod: Pod, evidence: readonly FieldEvidence[]): PodFault {
  const scheduled = pod.status?.conditions?.find(({ type, status }) => type === 'PodScheduled' && status === 'False');
  if (!scheduled) return { kind: 'starting', fact: `is ${pod.status?.phase ?? 'Pending'}`, evidence };
  const { reason = '', message } = scheduled;
  return {
    kind: reason === 'SchedulingGated' ? 'held-back' : 'unscheduled',
    fact: `is on no node yet${said(reason, message)}`,
    evidence: [
      ...evidence,
      fieldOf(podReference(pod), 'status.conditions[PodScheduled]', `${reason}: ${message ?? ''}`),
    ],
  };
}

function containerFaultOf(pod: Pod): PodFault | undefined {
  const { initContainerStatuses = [], containerStatuses = [] } = pod.status ?? {};
  for (const status of [...initContainerStatuses, ...containerStatuses]) {
    const { reason, message } = status.state?.waiting ?? {};
    if (!reason || startingReasons.includes(reason)) continue;
    const last = status.lastState?.terminated;
    const before = last && `it ended with exit code ${last.exitCode}${last.reason ? `, ${last.reason}` : ''}`;
    return {
      kind: imageReasons.includes(reason) ? 'image' : 'crash',
      fact: `does not run: container ${status.name} is in ${reason}${said(before, message)}`,
      evidence: [
        fieldOf(podReference(pod), `status.containerStatuses[${status.name}].state.waiting`, { reason, message }),
      ],
    };
  }
  return undefined;
}

/** The first container with an exit code other than 0, if the kubelet reports one. */
function endedContainerOf(pod: Pod): { fact: string; evidence: FieldEvidence } | undefined {
  const failed = (pod.status?.containerStatuses ?? []).find(exitCodeOf);
  if (!failed) return undefined;
  const { reason, exitCode } = failed.state!.terminated!;
  const field = `status.containerStatuses[${failed.name}].state.terminated`;
  return {
    fact: `container ${failed.name} ended with exit code ${exitCode}${reason ? `, ${reason}` : ''}`,
    evidence: fieldOf(podReference(pod), field, { reason, exitCode }),
  };
}

function exitCodeOf({ state }: ContainerStatus): number {
  return state?.terminated?.exitCode ?? 0;
}

function said(...texts: (string | undefined)[]): string {
  const words = texts.filter((text) => text !== undefined && text !== '').map((text) => withoutStop(text!));
  return words.length > 0 ? `: ${words.join('; ')}` : '';
}
