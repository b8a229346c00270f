import type { Pod, Service } from 'kubernetes-types/core/v1';
import { isReady } from '../../exposure/pod-trouble.ts';
import { selects } from '../../snapshot/selector.ts';
import { itemsOf } from '../../snapshot/topics.ts';
import type { CheckContext } from '../check-context.ts';
import { type Said, saidOfPods } from './said.ts';

type Scene = Pick<CheckContext, 'view' | 'takenAt'>;

/**
 * The reports about Pods, if at least one of them is Ready. A report is left out if the problem is solved. If no Pod is
 * Ready, other checks report the fault.
 */
export function wordsOfReadyPods(pods: readonly Pod[], scene: Scene): Said[] {
  if (!pods.some(isReady)) return [];
  return pods.flatMap((pod) => saidOfPods([pod], scene).filter((each) => !isSolved(each, pod)));
}

/**
 * Whether the problem in the report is solved: Kubernetes wrote it before the Pod became Ready, or it says that the Pod
 * was not scheduled, and the Pod is Ready. Karpenter (`karpenter`), EKS Auto Mode (`eks-auto-mode/compute`) and Volcano
 * (`volcano`) write `FailedScheduling` as the scheduler of Kubernetes does. Sources: kubernetes-sigs/karpenter,
 * pkg/controllers/provisioning/scheduling/events.go; https://github.com/volcano-sh/volcano/issues/4311.
 */
function isSolved(said: Said, pod: Pod): boolean {
  return isReady(pod) && (said.reason === 'FailedScheduling' || (isKubernetes(said) && isBefore(said, pod)));
}

/** The Pods that an ingress controller's Service selects. */
export function podsOfController({ metadata, spec }: Service, { view }: Pick<Scene, 'view'>): Pod[] {
  const selector = spec?.selector ?? {};
  if (Object.keys(selector).length === 0) return [];
  return itemsOf(view.snapshot.topics.controllerPods).filter(
    (pod) => pod.metadata?.namespace === metadata?.namespace && selects(selector, pod.metadata?.labels),
  );
}

/** Whether a component of Kubernetes wrote the report. */
export function isKubernetes({ by }: Said): boolean {
  return by !== null && ofKubernetes.test(by);
}

const ofKubernetes = /^(?:kubelet|.*scheduler|.*-controller-manager|(?!.*ingress).*-controller|cluster-autoscaler)$/;

function isBefore({ lastSeen }: Said, pod: Pod): boolean {
  if (lastSeen === null) return false;
  const ready = pod.status?.conditions?.find(({ type }) => type === 'Ready');
  return Date.parse(lastSeen) <= Date.parse(ready?.lastTransitionTime ?? '');
}
