import type { Node, Pod } from 'kubernetes-types/core/v1';
import { command, cure } from '../../../errors/cure.ts';
import { isReady } from '../../../exposure/pod-trouble.ts';
import { headPodOf } from '../../../skypilot/sky-cluster.ts';
import { itemsOf } from '../../../snapshot/topics.ts';
import { clusterKey, skyClustersOf } from '../../check-context.ts';
import { defineCheck } from '../../define-check.ts';
import { fieldOf, podReference } from '../../finding.ts';
import { displayOf, withoutStop } from '../../format.ts';
import { isLost, lostNodeWords, nodeReference, readyConditionOf } from '../../subjects/lost-node.ts';
import { podFaultOf } from '../../subjects/pod-fault.ts';
import { closedGatesOf, gateCures } from '../../subjects/readiness-gates.ts';
import { saidOfPods } from '../../subjects/said.ts';

export const headPodReady = defineCheck({
  id: 'head-pod-ready',
  group: 'pods',
  onPath: true,
  breaksCalls: true,
  title: 'the head Pod of every SkyPilot cluster is Ready',
  severity: 'error',
  needs: ['pods'],
  wants: ['events', 'nodes'],
  after: ['api-server-answers', 'no-orphans', 'head-pod-exists', 'head-pod-running'],
  docs: () => ({
    means:
      'The head Pod runs, and its condition Ready is not True: a container of it ended or fails its probe, a readiness gate is closed, or its node is lost.',
    matters:
      "Kubernetes takes a Pod that is not Ready out of every Service, so no mode but podip reaches it. SkyPilot's own Pods have no readinessProbe: usually a sidecar, a probe from `pod_config`, or the node is at fault. A namespace with the label `elbv2.k8s.aws/pod-readiness-gate-inject` adds a gate for each target group of the AWS Load Balancer Controller.",
    fix: 'Look at the containers and the node that the message names. If the node is lost, launch the cluster again.',
    sources: [
      'KEP-580: Pod spec.readinessGates',
      'Kubernetes: Pod status.conditions[Ready], EndpointSlice conditions.ready, Node status.conditions[Ready]',
      'sky/templates/kubernetes-ray.yml.j2: no readinessProbe',
    ],
  }),
  find: (scene) =>
    skyClustersOf(scene).flatMap((skyCluster) => {
      const pod = headPodOf(skyCluster);
      if (!pod || podFaultOf(pod) || isReady(pod)) return [];
      const condition = pod.status?.conditions?.find(({ type }) => type === 'Ready');
      const gates = closedGatesOf(pod);
      const ofGate = (words: string) => gates.some(({ type }) => words.startsWith(`condition ${type} `));
      const said = saidOfPods([pod], scene).filter(({ words }) => !ofGate(words));
      const node = lostNodeOf(pod, itemsOf(scene.perhaps.nodes));
      const isOfGates = gates.length > 0 && condition?.reason === 'ReadinessGatesNotReady';
      const why = [
        ...(node ? [`its ${lostNodeWords(node)}`] : []),
        // For readiness gates, the kubelet's message only repeats the types of the gates, without their reasons.
        (isOfGates ? undefined : withoutStop(condition?.message ?? condition?.reason ?? '')) || undefined,
        ...gates.map(({ words }) => words),
        ...endedContainers(pod),
        ...said.map(({ words }) => words),
      ].filter((text) => text !== undefined);
      const field = fieldOf(podReference(pod), 'status.conditions[Ready].status', condition?.status);
      return [
        {
          about: [clusterKey(skyCluster)],
          objects: [podReference(pod), ...(node ? [nodeReference(node)] : [])],
          evidence: [
            field,
            ...(node ? [fieldOf(nodeReference(node), 'status.conditions[Ready]', readyConditionOf(node))] : []),
            ...said.map(({ evidence }) => evidence),
          ],
          skyCluster,
          podName: pod.metadata?.name ?? '',
          why,
          gates,
          nodeName: node?.metadata?.name,
          isTold: said.length > 0,
        },
      ];
    }),
  say: ({ skyCluster, podName, why }) =>
    `Pod ${podName}, the head of ${displayOf(skyCluster)}, runs and is not Ready${why.length > 0 ? `: ${why.join('; ')}` : ''}`,
  cures: ({ skyCluster, podName, nodeName, gates, isTold }) => [
    ...(nodeName === undefined
      ? []
      : [
          cure(
            command`kubectl describe node ${nodeName}`,
            'shows why: its kubelet has stopped, or the machine is off; the head comes back with the node',
          ),
        ]),
    ...gateCures(gates, skyCluster.namespace),
    isTold
      ? cure(
          command`kubectl logs ${podName} -n ${skyCluster.namespace} --all-containers --tail=50`,
          'shows what its containers say',
        )
      : cure(
          command`kubectl describe pod ${podName} -n ${skyCluster.namespace}`,
          'shows the container, probe or node that is not ready',
        ),
  ],
});

/** The node of a Pod, if that node is not Ready. */
function lostNodeOf({ spec }: Pod, nodes: readonly Node[]): Node | undefined {
  const node = nodes.find(({ metadata }) => metadata?.name !== undefined && metadata.name === spec?.nodeName);
  return node && isLost(node) ? node : undefined;
}

function endedContainers(pod: Pod): string[] {
  return (pod.status?.containerStatuses ?? []).flatMap(({ name, state }) => {
    const ended = state?.terminated;
    if (!ended) return [];
    return [`container ${name} ended with exit code ${ended.exitCode}${ended.reason ? `, ${ended.reason}` : ''}`];
  });
}
