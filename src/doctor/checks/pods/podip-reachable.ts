import { command, cure } from '../../../errors/cure.ts';
import { samePorts } from '../../../exposure/port-mapping.ts';
import { skyPilotModesOf } from '../../../modes/skypilot-modes.ts';
import { operandOf } from '../../../skypilot/operand.ts';
import { headPodOf, isLive } from '../../../skypilot/sky-cluster.ts';
import { clusterKey, skyClustersOf } from '../../check-context.ts';
import { defineCheck } from '../../define-check.ts';
import { fieldOf, podReference } from '../../finding.ts';
import { displayOf, exposeCommand } from '../../format.ts';
import { isPodIpMode } from '../../possible-modes.ts';

export const podipReachable = defineCheck({
  id: 'podip-reachable',
  group: 'pods',
  onPath: false,
  title: 'Pod IPs can be called from outside the Pod network',
  severity: 'info',
  needs: ['pods'],
  wants: ['skyConfig', 'services', 'ingresses'],
  after: ['api-server-answers', 'no-orphans', 'head-pod-exists', 'head-pod-running'],
  docs: () => ({
    means:
      "In podip mode, the endpoint is the head Pod's own IP. Pods and nodes of the same Kubernetes cluster can call it. Other machines can only call it if their network routes Pod IPs. With hostNetwork, the Pod has its node's IP. It is a warning if SkyPilot would print nothing: SkyPilot looks for a Pod named exactly `C-head`, and high-availability controllers do not have one.",
    matters:
      'This mode is meant for callers inside the Kubernetes cluster. No object records ports in this mode, so only SkyPilot can list them.',
    fix: 'Open a port to the outside, or forward it to your machine.',
    commands: [
      cure(command`kubectl skyports expose NAME PORT`, 'opens PORT to the outside'),
      cure(command`kubectl skyports forward NAME PORT`, 'brings PORT to this machine'),
    ],
    sources: [
      'sky/provision/kubernetes/network.py: _query_ports_for_podip',
      'Kubernetes: the network model (every Pod IP is reachable from every Pod and node)',
    ],
  }),
  notApplicable: (scene) => (isPodIpMode(scene) ? undefined : 'podip mode is neither configured nor asked about'),
  find(scene) {
    const otherModes = scene.subject.mode ? undefined : skyPilotModesOf(scene.view);
    return skyClustersOf(scene).flatMap((skyCluster) => {
      const pod = headPodOf(skyCluster);
      if (!pod || !isLive(pod) || otherModes?.has(clusterKey(skyCluster))) return [];
      const unnamed = pod.metadata?.name !== `${skyCluster.nameOnCloud}-head`;
      if (pod.spec?.hostNetwork && !unnamed) return [];
      const evidence = unnamed
        ? fieldOf(podReference(pod), 'metadata.name', pod.metadata?.name)
        : fieldOf(podReference(pod), 'status.podIP', pod.status?.podIP);
      const ports = scene.subject.ports ?? [];
      const podName = pod.metadata?.name ?? '';
      const ip = pod.status?.podIP;
      return [
        {
          about: [clusterKey(skyCluster)],
          objects: [podReference(pod)],
          evidence: [evidence],
          skyCluster,
          unnamed,
          podName,
          ip,
          ports,
        },
      ];
    });
  },
  severityOf: ({ unnamed }) => (unnamed ? 'warning' : 'info'),
  say: ({ skyCluster, unnamed, podName, ip }) =>
    unnamed
      ? `the head of ${displayOf(skyCluster)} is Pod ${podName}; in podip mode SkyPilot asks only for a Pod named ${skyCluster.nameOnCloud}-head and prints no endpoint`
      : `the endpoint of ${displayOf(skyCluster)} is ${ip ?? "the Pod's IP"}, which answers inside the Kubernetes cluster's network only, unless that network is routed to the outside`,
  cures: ({ skyCluster, ports }) => {
    if (ports.length > 0) {
      return [cure(exposeCommand(skyCluster, samePorts(ports), 'loadbalancer'), 'opens it to callers outside')];
    }
    const [name, place] = [operandOf(skyCluster), skyCluster.namespace];
    return [
      cure(command`kubectl skyports forward ${name} PORT -n ${place}`, 'forwards a PORT of the Pod to this machine'),
      cure(command`kubectl skyports expose ${name} PORT -n ${place}`, 'opens a PORT of the Pod to others'),
    ];
  },
});
