import type { Pod } from 'kubernetes-types/core/v1';
import { advice, command, cure } from '../../../errors/cure.ts';
import { isServePort } from '../../../skypilot/controllers.ts';
import { assignedPortOwner } from '../../../skypilot/host-network.ts';
import { operandOf } from '../../../skypilot/operand.ts';
import { headPodOf, isLive, type SkyCluster } from '../../../skypilot/sky-cluster.ts';
import { listed } from '../../../snapshot/text.ts';
import { type CheckContext, clusterKey } from '../../check-context.ts';
import { defineCheck } from '../../define-check.ts';
import { fieldOf, podReference } from '../../finding.ts';
import { rangesOf } from '../../format.ts';
import { exposingServices } from '../../subjects/exposing-services.ts';
import { logsCure } from '../../subjects/pod-cures.ts';

/** The head Pod of a SkyPilot cluster, and the ports of the node that its app uses. */
interface Head {
  readonly skyCluster: SkyCluster;
  readonly pod: Pod;
  readonly nodeName: string;
  readonly ports: readonly number[];
}

export const hostNetworkPorts = defineCheck({
  id: 'host-network-ports',
  group: 'pods',
  onPath: true,
  breaksCalls: true,
  title: 'no two head Pods use the same port of a node',
  severity: 'error',
  needs: ['pods', 'services'],
  after: ['api-server-answers', 'no-orphans', 'head-pod-exists', 'head-pod-running'],
  docs: () => ({
    means:
      'Two head Pods run on the same node and use its network (`hostNetwork`) or one of its ports (`hostPort`), and their apps have the same port. Only the app that started first can listen there.',
    matters:
      "Both Services lead to the same address and port. Callers of one SkyPilot cluster reach the app of the other, or nothing. SkyPilot gives such a Pod other ports for Ray, SSH and itself, but the task sets the app's port.",
    fix: 'Let one of the apps listen on another port and open that one, or launch one of the clusters on another node.',
    commands: [
      cure(command`kubectl skyports expose NAME PORT`, 'opens the other PORT'),
      cure(command`sky logs NAME`, 'shows whether the app could listen'),
    ],
    sources: [
      'Kubernetes: Pod spec.hostNetwork, spec.containers[].ports[].hostPort',
      'sky/provision/kubernetes/host_network_ports.py',
      'https://github.com/skypilot-org/skypilot/pull/9626',
    ],
  }),
  notApplicable: ({ view }) =>
    view.skyClusters.some((each) => usesNode(headPodOf(each))) ? undefined : 'no head Pod uses ports of its node',
  find(scene) {
    const { skyCluster: named, ports: asked } = scene.subject;
    const clashes = clashesOf(headsOf(scene)).filter(
      ({ heads, ports }) =>
        (!named || heads.some(({ skyCluster }) => clusterKey(skyCluster) === clusterKey(named))) &&
        (!asked || ports.some((port) => asked.includes(port))),
    );
    return clashes.map(({ heads, ports }) => {
      const byStart = heads.toSorted((a, b) => startOf(a.pod).localeCompare(startOf(b.pod)));
      const [first, last] = [byStart[0]!, byStart.at(-1)!];
      const isKnown = startOf(first.pod) !== startOf(last.pod);
      const isNamed = ({ skyCluster }: Head) => named !== undefined && clusterKey(skyCluster) === clusterKey(named);
      return {
        about: byStart.map(({ skyCluster }) => clusterKey(skyCluster)),
        objects: byStart.map(({ pod }) => podReference(pod)),
        evidence: byStart.flatMap(({ pod }) => [
          fieldOf(podReference(pod), 'spec.nodeName', pod.spec?.nodeName),
          fieldOf(podReference(pod), 'spec.hostNetwork', pod.spec?.hostNetwork ?? false),
        ]),
        ...{ heads: byStart, ports },
        later: isKnown ? last : undefined,
        moved: (isKnown ? last : (byStart.find(isNamed) ?? last)).skyCluster,
      };
    });
  },
  say({ heads, ports, later }) {
    const names = heads.map(({ pod, skyCluster }) => `Pod ${pod.metadata?.name} (${skyCluster.displayName})`);
    const words = `port${ports.length === 1 ? '' : 's'} ${listed(rangesOf(ports))}`;
    const whose =
      later === undefined
        ? 'the app that started second does not answer'
        : `that of ${later.skyCluster.displayName}, which started later, may not answer`;
    const how = heads.every(({ pod }) => pod.spec?.hostNetwork) ? 'hostNetwork' : 'hostNetwork, hostPort';
    return `${listed(names)} share node ${heads[0]!.nodeName} (${how}), and both use its ${words}: only one app can listen there, and ${whose}`;
  },
  cures: ({ moved }) => [
    cure(
      command`kubectl skyports expose ${operandOf(moved)} PORT -n ${moved.namespace}`,
      'opens another port; PORT is what its app listens on after a change',
    ),
    logsCure(moved.displayName, 'shows whether its app could listen'),
    advice('or launch one of them on another node'),
  ],
});

function usesNode(pod: Pod | undefined): boolean {
  if (!pod || !isLive(pod) || pod.spec?.nodeName === undefined) return false;
  return pod.spec.hostNetwork === true || hostPortsOf(pod).length > 0;
}

function hostPortsOf({ spec }: Pod): number[] {
  return (spec?.containers ?? []).flatMap(({ ports }) => (ports ?? []).flatMap(({ hostPort }) => hostPort ?? []));
}

/** The live head Pods of all SkyPilot clusters that use ports of their node. */
function headsOf({ view }: Pick<CheckContext, 'view'>): Head[] {
  const everything = { skyCluster: undefined, ports: undefined, mode: undefined };
  const opened = Map.groupBy(exposingServices({ view, subject: everything }), ({ skyCluster }) =>
    clusterKey(skyCluster),
  );
  return view.skyClusters.flatMap((skyCluster) => {
    const pod = headPodOf(skyCluster);
    if (!pod || !usesNode(pod)) return [];
    const targets = (opened.get(clusterKey(skyCluster)) ?? []).flatMap(({ ports }) =>
      ports.map(({ targetPort }) => targetPort),
    );
    // Without hostNetwork, only the hostPorts of the Pod are ports of the node.
    const used = [...(pod.spec?.hostNetwork ? targets : []), ...hostPortsOf(pod)];
    const ports = [...new Set(used)].filter(
      (port) => !isServePort(skyCluster, port) && assignedPortOwner(pod, port) === undefined,
    );
    return [{ skyCluster, pod, nodeName: pod.spec!.nodeName!, ports }];
  });
}

interface Clash {
  readonly heads: readonly Head[];
  readonly ports: readonly number[];
}

/** The head Pods that share ports of a node. Each group of head Pods occurs once, with all ports that they share. */
function clashesOf(heads: readonly Head[]): Clash[] {
  const uses = heads.flatMap((head) => head.ports.map((port) => ({ head, port })));
  const shared = [...Map.groupBy(uses, ({ head, port }) => `${head.nodeName} ${port}`).values()].filter(
    (group) => group.length > 1,
  );
  const groups = Map.groupBy(shared, (group) => group.map(({ head }) => clusterKey(head.skyCluster)).join(' '));
  return [...groups.values()].map((group) => ({
    heads: group[0]!.map(({ head }) => head),
    ports: group.map(([first]) => first!.port),
  }));
}

function startOf({ status, metadata }: Pod): string {
  return status?.startTime ?? metadata?.creationTimestamp ?? '';
}
