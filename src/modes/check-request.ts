import type { Pod } from 'kubernetes-types/core/v1';
import { advice, command, cure } from '../errors/cure.ts';
import { UsageError } from '../errors/usage-error.ts';
import type { ExposeRequest } from '../exposure/plan/expose-request.ts';
import { selectorOf } from '../exposure/plan/manifest.ts';
import { troubleOf } from '../exposure/pod-trouble.ts';
import type { SnapshotIndex } from '../exposure/snapshot-index.ts';
import { controllerKindOf, servePortRange } from '../skypilot/controllers.ts';
import { operandOf } from '../skypilot/operand.ts';
import { reservedPortOwner } from '../skypilot/reserved-ports.ts';
import { headPodOf, isLive, managedJobIdOf } from '../skypilot/sky-cluster.ts';
import { allModes } from './all-modes.ts';

/**
 * Refuses a request that is dangerous, or that no cluster allows.
 *
 * @throws UsageError
 */
export function refuseDangerousPorts({
  ports,
  mode,
  allowReserved,
  skyCluster,
}: Pick<ExposeRequest, 'ports' | 'mode' | 'allowReserved' | 'skyCluster'>): void {
  const { mostPorts: most, refuse } = allModes[mode];
  if (ports.length > most) {
    throw new UsageError(
      'too-many-ports',
      `${ports.length} ports are more than the ${most} that one call may open in ${mode} mode`,
      [
        advice('name only the ports that are needed'),
        ...(ports.length <= allModes.loadbalancer.mostPorts
          ? [advice('or add --mode loadbalancer: one Service holds them all')]
          : []),
      ],
    );
  }
  const head = headPodOf(skyCluster);
  for (const { targetPort } of allowReserved ? [] : ports) {
    const owner = reservedPortOwner(targetPort, head);
    if (!owner) continue;
    throw new UsageError(
      'reserved-port',
      `port ${targetPort} is ${owner}: anyone who can reach it can run code in the Pod`,
      [
        cure(
          command`kubectl skyports forward ${operandOf(skyCluster)} ${targetPort} -n ${skyCluster.namespace}`,
          'reaches the port from this machine without opening it',
        ),
        advice('add --allow-reserved to open it anyway'),
      ],
    );
  }
  refuse?.({ ports });
}

/**
 * Checks the Pods that will receive the traffic.
 *
 * @returns warnings, one per line
 * @throws UsageError if the selector for the head matches several live Pods, unless `--all-nodes` or `--force` is set
 */
export function judgeBackends(view: SnapshotIndex, request: ExposeRequest): string[] {
  const { skyCluster, allNodes, force } = request;
  const warnings: string[] = [];
  const jobId = managedJobIdOf(skyCluster);
  if (jobId) {
    warnings.push(
      `this is the cluster of managed job ${jobId}: a recovery deletes what is opened here; ports in the task's resources survive it`,
    );
  }
  const kind = controllerKindOf(skyCluster);
  if (kind) warnings.push(controllerWarnings[kind]);
  if (!view.snapshot.topics.pods.observed) return [...warnings, 'pods were not seen, so it is unknown what answers'];
  const selector = selectorOf(skyCluster, allNodes ?? false);
  const live = view.pods.matching(skyCluster.namespace, selector).filter(isLive);
  const text = Object.entries(selector).map(([key, value]) => `${key}=${value}`);
  if (live.length > 1 && !allNodes && !force) {
    throw new UsageError(
      'several-head-pods',
      `${text} selects ${live.length} live Pods (${live.map(nameOf).join(', ')}) and not the head alone`,
      [advice('add --all-nodes to open the port on all of them')],
    );
  }
  if (live.length === 0) warnings.push(`no live Pod has ${text} now; the port answers once there is one`);
  else if (live.length === 1) warnings.push(...notReady(live[0]!));
  return warnings;
}

const controllerWarnings = {
  serve: `this is a SkyServe controller, not an app: SkyPilot opens its ports ${servePortRange} at its launch and does not read what is opened here`,
  jobs: 'this is the controller of managed jobs, not an app: it serves nothing on this port',
} as const;

function notReady(pod: Pod): string[] {
  const trouble = troubleOf(pod);
  return trouble ? [`${trouble}; the port answers once it is Ready`] : [];
}

function nameOf(pod: Pod): string {
  return pod.metadata?.name ?? '';
}
