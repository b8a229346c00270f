import type { Pod, Service } from 'kubernetes-types/core/v1';
import { isReady, troubleOf } from '../exposure/pod-trouble.ts';
import { command, cure } from '../errors/cure.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import { itemsOf } from '../snapshot/topics.ts';
import { detectPlatforms } from './detect.ts';
import { implementationOf } from './implementation.ts';
import type { PendingReason } from './missing-implementation.ts';
import type { LoadBalancer } from './platform.ts';

const nameLabel = 'app.kubernetes.io/name';
const componentLabel = 'app.kubernetes.io/component';

/** The Pods of a load balancer that give addresses; MetalLB's speakers only announce them. Empty if it is not known by its Pods. */
export function controllerPodsOf({ matchers }: LoadBalancer, { topics }: Snapshot): Pod[] {
  const workload = matchers.find(({ signal }) => signal === 'workload')?.matches;
  const all = itemsOf(topics.loadBalancerPods).filter(({ metadata }) =>
    workload?.test(metadata?.labels?.[nameLabel] ?? ''),
  );
  return all.filter(({ metadata }) => metadata?.labels?.[componentLabel] !== 'speaker');
}

/**
 * Why the implementation of a Service gives it no address: its controller has Pods, and none of them is Ready. Undefined if one is,
 * or if its Pods were not seen. A controller that does not start writes no event.
 */
export function controllerDown(service: Service, snapshot: Snapshot): PendingReason | undefined {
  const known = implementationOf(service, detectPlatforms(snapshot));
  if (!known) return undefined;
  const pods = controllerPodsOf(known, snapshot);
  const [first] = pods;
  if (!first || pods.some(isReady)) return undefined;
  const { name = '', namespace = '' } = first.metadata ?? {};
  const isPlaced = first.spec?.nodeName !== undefined;
  return {
    cause: `no Pod of ${known.title} is Ready: ${(troubleOf(first) ?? '').replace(/Pod (\S+)/, `Pod ${namespace}/$1`)}`,
    advice: '',
    look: isPlaced
      ? cure(command`kubectl logs ${name} -n ${namespace} --all-containers --tail=20`, 'shows why it does not run')
      : cure(command`kubectl describe pod ${name} -n ${namespace}`, 'shows why it is on no node'),
    isSure: true,
  };
}
