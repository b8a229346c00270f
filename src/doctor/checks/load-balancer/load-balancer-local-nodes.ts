import { cure } from '../../../errors/cure.ts';
import { isLocal } from '../../../platforms/announcements/announcement.ts';
import { keyOf } from '../../../snapshot/object-reference.ts';
import type { Snapshot } from '../../../snapshot/snapshot.ts';
import { listed } from '../../../snapshot/text.ts';
import { itemsOf } from '../../../snapshot/topics.ts';
import { defineCheck } from '../../define-check.ts';
import { fieldOf, serviceReference } from '../../finding.ts';
import { exposeCommand } from '../../format.ts';
import { announcementOf } from '../../subjects/announcement-of.ts';
import { announcementTopics, type BalancedService, balancedServices } from '../../subjects/balanced-services.ts';
import { clusterPolicyCures, severityOfSilence } from '../../subjects/local-policy.ts';
import { annotateCures } from '../../subjects/node-proposal.ts';

/** Nodes that receive calls but have no ready Pod, and the way in which calls reach these nodes. */
interface Misled {
  readonly nodes: readonly string[];
  readonly how: string;
  /** Whether the Service also has addresses that do not belong to these nodes. */
  readonly isPart: boolean;
  readonly isSure: boolean;
}

export const loadBalancerLocalNodes = defineCheck({
  id: 'load-balancer-local-nodes',
  group: 'load-balancer',
  onPath: true,
  breaksCalls: true,
  title: 'with externalTrafficPolicy Local, callers reach a node with a ready Pod',
  severity: 'error',
  needs: ['services'],
  wants: announcementTopics,
  after: ['api-server-answers', 'endpoint-slices-ready', 'load-balancer-announced'],
  docs: () => ({
    means:
      "The Service of a SkyPilot cluster or of the ingress controller has `externalTrafficPolicy: Local`, and the node that answers for its address has no ready Pod of it. This is the node that MetalLB reports (ServiceL2Status), that holds Cilium's Lease, that kube-vip names (`kube-vip.io/vipHost`), or that has the address itself (ServiceLB, `spec.externalIPs`, the annotation `skypilot.co/external-ip`). It is a warning if other addresses of the Service lead to a node with a ready Pod.",
    matters: 'That node drops every packet, although the Service has an address and ready Pods.',
    fix: 'Let every node pass calls on (`externalTrafficPolicy: Cluster`), or run a Pod on the node. Cilium before 1.20.2 ignores where Pods run when it chooses the node.',
    sources: [
      'Kubernetes: Service spec.externalTrafficPolicy',
      'https://github.com/cilium/cilium/issues/27800',
      'https://github.com/kube-vip/kube-vip/issues/1129',
    ],
  }),
  notApplicable: (scene) =>
    balancedServices(scene).some(({ service }) => isLocal(service))
      ? undefined
      : 'no Service with an external address has externalTrafficPolicy Local',
  find: (scene) =>
    balancedServices(scene).flatMap((balanced) => {
      const { service, readyNodes, about } = balanced;
      const misled = misledBy(balanced, scene.view.snapshot);
      if (!misled || !readyNodes) return [];
      const reference = serviceReference(service);
      return [
        {
          ...{ balanced, misled, about, ready: [...readyNodes] },
          objects: [reference, ...misled.nodes.map((name) => ({ kind: 'Node', namespace: '', name }))],
          evidence: [fieldOf(reference, 'spec.externalTrafficPolicy', service.spec?.externalTrafficPolicy)],
          proposed: service.spec?.type === 'LoadBalancer' ? [] : annotateCures(scene, service),
        },
      ];
    }),
  severityOf: ({ balanced, misled }) => (misled.isPart ? 'warning' : severityOfSilence(balanced, misled.isSure)),
  say: ({ balanced, misled, ready }) =>
    `Service ${keyOf(balanced.service)} has externalTrafficPolicy Local, and ${misled.how}: ${misled.nodes.length === 1 ? 'that node has' : 'these nodes have'} no ready Pod of it and ${misled.nodes.length === 1 ? 'drops' : 'drop'} the calls; its ready Pods are on ${listed(ready)}`,
  cures({ balanced, proposed }) {
    const { exposing } = balanced;
    const anotherWay = exposing && exposeCommand(exposing.skyCluster, exposing.ports, 'nodeport');
    return [
      ...proposed,
      ...clusterPolicyCures(balanced),
      ...(anotherWay === undefined ? [] : [cure(anotherWay, 'opens another way in')]),
    ];
  },
});

function misledBy(balanced: BalancedService, snapshot: Snapshot): Misled | undefined {
  const { service, readyNodes } = balanced;
  if (!isLocal(service) || !readyNodes || readyNodes.size === 0) return undefined;
  const { nodes: announcing = [], by } = announcementOf(balanced, snapshot) ?? {};
  if (announcing.length > 0) {
    const nodes = announcing.filter((node) => !readyNodes.has(node));
    // With BGP, kube-vip announces the address from several nodes, but names only one of them.
    const isSure = by !== 'kube-vip';
    if (nodes.length < announcing.length) return undefined;
    return { nodes, how: `${by} announces it from node ${listed(nodes)}`, isPart: false, isSure };
  }
  const owners = balanced.addresses.map((address) => ({ address, node: nodeWith(address, snapshot) }));
  const empty = owners.filter(({ node }) => node !== undefined && !readyNodes.has(node));
  if (empty.length === 0) return undefined;
  return {
    nodes: [...new Set(empty.map(({ node }) => node!))],
    how: empty.map(({ address, node }) => `its address ${address} is of node ${node}`).join(', '),
    isPart: empty.length < owners.length,
    isSure: true,
  };
}

function nodeWith(address: string, { topics }: Snapshot): string | undefined {
  const node = itemsOf(topics.nodes).find(({ status }) => status?.addresses?.some((each) => each.address === address));
  return node?.metadata?.name;
}
