import type { Pod } from 'kubernetes-types/core/v1';
import { UsageError } from '../../errors/usage-error.ts';
import { reservedPortOwner } from '../../skypilot/reserved-ports.ts';
import { isLive, managedJobIdOf } from '../../skypilot/sky-cluster.ts';
import { troubleOf } from '../pod-trouble.ts';
import type { View } from '../view.ts';
import type { ExposeRequest } from './expose-request.ts';
import { selectorOf } from './manifest.ts';

/** More ports than this in one go are refused: a range of 65,535 would write as many Services. */
const mostPorts = { ingress: 100, other: 1000 } as const;

/** Refuses what can be told without looking at the cluster. @throws UsageError */
export function refuseDangerousPorts({ ports, mode, force }: Pick<ExposeRequest, 'ports' | 'mode' | 'force'>): void {
  const most = mode === 'ingress' ? mostPorts.ingress : mostPorts.other;
  if (ports.length > most) {
    throw new UsageError(
      `${ports.length} ports are more than the ${most} that one call may open in ${mode} mode`,
      mode === 'ingress' && ports.length <= mostPorts.other
        ? 'name the ports that are needed, or take --mode loadbalancer'
        : 'name the ports that are needed',
    );
  }
  for (const { targetPort } of force ? [] : ports) {
    const owner = reservedPortOwner(targetPort);
    if (!owner) continue;
    throw new UsageError(
      `port ${targetPort} is ${owner}: whoever can reach it can run code in the Pod`,
      `kubectl skyports forward reaches it without opening it; --force opens it all the same`,
    );
  }
  if (mode !== 'podip') return;
  const mapped = ports.find(({ servicePort, targetPort }) => servicePort !== targetPort);
  if (mapped) {
    throw new UsageError(
      `in podip mode callers dial the Pod itself: ${mapped.servicePort}:${mapped.targetPort} cannot be mapped`,
      `write ${mapped.targetPort}, or take --mode loadbalancer, ingress or nodeport`,
    );
  }
}

/**
 * Judges the Pods that will get the traffic.
 *
 * @returns warnings, a line each
 * @throws UsageError when the head's selector takes more than one live Pod
 */
export function judgeBackends(view: View, request: ExposeRequest): string[] {
  const { skyCluster, allNodes, force } = request;
  const warnings: string[] = [];
  const jobId = managedJobIdOf(skyCluster);
  if (jobId) {
    warnings.push(
      `this is the cluster of managed job ${jobId}: a recovery deletes what is opened here; ports: in the task's resources is the durable way`,
    );
  }
  if (!view.snapshot.topics.pods.observed) return [...warnings, 'pods were not seen, so nobody checked what answers'];
  const selector = selectorOf(skyCluster, allNodes ?? false);
  const live = view.pods.matching(skyCluster.namespace, selector).filter(isLive);
  const text = Object.entries(selector).map(([key, value]) => `${key}=${value}`);
  if (live.length > 1 && !allNodes && !force) {
    throw new UsageError(
      `${text} selects ${live.length} live Pods (${live.map(nameOf).join(', ')}) and not the head alone`,
      '--all-nodes opens the port on all of them',
    );
  }
  if (live.length === 0) warnings.push(`no live Pod has ${text} now; the port answers once there is one`);
  else if (live.length === 1) warnings.push(...notReady(live[0]!));
  return warnings;
}

function notReady(pod: Pod): string[] {
  const trouble = troubleOf(pod);
  return trouble ? [`${trouble}; the port answers once it is Ready`] : [];
}

function nameOf(pod: Pod): string {
  return pod.metadata?.name ?? '';
}
