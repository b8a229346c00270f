import type { Pod } from 'kubernetes-types/core/v1';
import { advice, type Cure, command, cure } from '../../../errors/cure.ts';
import { endingOf } from '../../../exposure/pod-ending.ts';
import { operandOf } from '../../../skypilot/operand.ts';
import { headPodOf, type SkyCluster } from '../../../skypilot/sky-cluster.ts';
import { humanDuration } from '../../../snapshot/text.ts';
import { itemsOf } from '../../../snapshot/topics.ts';
import { clusterKey, skyClustersOf } from '../../check-context.ts';
import { defineCheck } from '../../define-check.ts';
import { podReference } from '../../finding.ts';
import { displayOf, secondsBetween, withoutStop } from '../../format.ts';
import { restartCommand } from '../../subjects/pod-cures.ts';
import { type PodFault, podFaultOf } from '../../subjects/pod-fault.ts';
import { saidOfPods } from '../../subjects/said.ts';
import { gateLooks, gatesOf, taintsAgainst } from '../../subjects/unscheduled.ts';

/** Seconds. A younger Pod may still be starting: images of ML apps take minutes to pull. */
const patienceSeconds = 5 * 60;

export const headPodRunning = defineCheck({
  id: 'head-pod-running',
  group: 'pods',
  onPath: true,
  breaksCalls: true,
  title: 'the head Pod of every SkyPilot cluster runs',
  severity: 'error',
  needs: ['pods'],
  wants: ['events', 'podEvents', 'nodes'],
  after: ['api-server-answers', 'no-orphans', 'head-pod-exists'],
  docs: () => ({
    means:
      "The head Pod does not run. It may have no node yet (the scheduler's message says why), its image cannot be pulled, its container crashed, it was evicted, or it ended. If the Pod is younger than five minutes and still starting, it is a warning.",
    matters:
      'Without a running head nothing answers, even if the load balancer or the Ingress works. SkyPilot creates Pods with restartPolicy Never, so a failed Pod stays failed until you launch the cluster again. A high-availability controller may leave failed Pods beside a live one. This is healthy.',
    fix: "If it has no node: free the resource that the message names, add nodes, or request less. If the image cannot be pulled: correct the task's `image_id` or its credentials. If it crashed, was evicted or ended: launch the cluster again. The log of the Pod shows why.",
    commands: [
      cure(command`sky launch -c NAME`, 'launches SkyPilot cluster NAME again'),
      cure(command`kubectl logs POD --previous`, 'shows the last words of the container'),
    ],
    sources: [
      'Kubernetes: Pod status.phase, status.conditions[PodScheduled], containerStatuses[].state',
      'Kubernetes: pkg/kubelet/images/types.go (reasons for images)',
      'sky/templates/kubernetes-ray.yml.j2: restartPolicy Never, Always for high-availability controllers',
    ],
  }),
  find: (scene) =>
    skyClustersOf(scene).flatMap((skyCluster) => {
      const pod = headPodOf(skyCluster);
      const fault = pod && podFaultOf(pod);
      if (!fault) return [];
      // The status often contains the same text as an event of the scheduler or the kubelet. Such an event is left out.
      const said = saidOfPods([pod], scene).filter(({ message }) => !fault.fact.includes(withoutStop(message)));
      const ageSeconds = secondsBetween(pod.metadata?.creationTimestamp, scene.takenAt);
      return [
        {
          about: [clusterKey(skyCluster)],
          objects: [podReference(pod)],
          evidence: [...fault.evidence, ...said.map(({ evidence }) => evidence)],
          skyCluster,
          podName: pod.metadata?.name ?? '',
          fault,
          pod,
          keptOff: gatesOf(pod) ?? taintsAgainst(pod, itemsOf(scene.perhaps.nodes)),
          ending:
            fault.kind === 'terminating' || fault.kind === 'ended' || fault.kind === 'evicted'
              ? endingOf(scene.view.snapshot, { namespace: skyCluster.namespace, name: pod.metadata?.name ?? '' })
              : undefined,
          event: said.length > 0 ? said.map(({ words }) => words).join('; ') : undefined,
          ageSeconds,
        },
      ];
    }),
  severityOf: ({ fault, event, ageSeconds }) => (isInProgress(fault, event, ageSeconds) ? 'warning' : 'error'),
  say({ skyCluster, podName, fault, keptOff, ending, event, ageSeconds }) {
    const age = ageSeconds === undefined ? '' : `, ${humanDuration(Math.trunc(ageSeconds))} old`;
    const progress = isInProgress(fault, event, ageSeconds) ? ` (in progress${age})` : '';
    return `Pod ${podName}, the head of ${displayOf(skyCluster)}, ${fault.fact}${keptOff ? `; ${keptOff}` : ''}${progress}${ending ? `; ${ending}` : ''}${event ? `; ${event}` : ''}`;
  },
  cures: (finding) => curesOf(finding),
});

function isInProgress({ kind }: PodFault, event: string | undefined, ageSeconds: number | undefined): boolean {
  const onItsWay = kind === 'unscheduled' || (kind === 'starting' && event === undefined);
  return onItsWay && ageSeconds !== undefined && ageSeconds < patienceSeconds;
}

interface NotRunning {
  readonly fault: PodFault;
  readonly skyCluster: SkyCluster;
  readonly podName: string;
  readonly pod: Pod;
  readonly keptOff: string | undefined;
}

function curesOf({ fault: { kind }, skyCluster, podName, pod: head, keptOff }: NotRunning): readonly Cure[] {
  const pod = `pod/${podName}`;
  const { namespace } = skyCluster;
  switch (kind) {
    case 'unscheduled':
      return [
        ...(keptOff === undefined
          ? []
          : [
              advice(
                'tolerate the taint: tolerations in kubernetes.pod_config of ~/.sky/config.yaml, for the next launch',
              ),
            ]),
        advice('the scheduler goes on trying: free what it names, add a node, or launch again with less in resources'),
      ];
    case 'held-back':
      return gateLooks(head, namespace);
    case 'image':
      return [advice('correct image_id of the task, or its pull secret, and launch again')];
    case 'crash':
      return [cure(command`kubectl logs ${pod} --previous -n ${namespace}`, 'shows why the container ended')];
    case 'starting': {
      const waiting = command`kubectl skyports endpoints ${operandOf(skyCluster)} --wait -n ${namespace}`;
      return [cure(waiting, 'waits until every port answers')];
    }
    case 'terminating':
      return [
        cure(command`kubectl wait --for=delete ${pod} -n ${namespace}`, 'waits until it is gone'),
        ...restartCommand(skyCluster),
      ];
    case 'evicted':
    case 'ended':
      return restartCommand(skyCluster);
  }
}
