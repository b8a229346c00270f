import type { Service } from 'kubernetes-types/core/v1';
import { cure } from '../errors/cure.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import { listed } from '../snapshot/text.ts';
import { itemsOf } from '../snapshot/topics.ts';
import { excludeLabel, goingTaint, isExcluded, unlabelCommand } from './excluded-nodes.ts';
import type { PendingReason } from './missing-implementation.ts';

/** The class for Cilium's Node IPAM. A Service of this class gets the addresses of nodes. Node IPAM reads no pool. */
export const nodeIpamClass = 'io.cilium/node';

/**
 * Why Cilium's Node IPAM gives a Service no address. Node IPAM leaves out two kinds of nodes: nodes with the label
 * `excludeLabel`, and nodes that the cluster autoscaler removes. Undefined for a Service of another class, if a node
 * remains, or if no node was seen.
 * | Sources: https://docs.cilium.io/en/stable/network/node-ipam/; operator/pkg/nodeipam/nodesvclb.go;
 * cilium/cilium#38793
 */
export function nodeIpamReason({ spec }: Service, { topics }: Snapshot): PendingReason | undefined {
  const nodes = itemsOf(topics.nodes);
  if (spec?.loadBalancerClass !== nodeIpamClass || nodes.length === 0) return undefined;
  const labelled = nodes.filter(isExcluded).map(({ metadata }) => metadata?.name ?? '');
  const going = nodes.filter(({ spec: node }) => (node?.taints ?? []).some(({ key }) => key === goingTaint));
  if (new Set([...labelled, ...going.map(({ metadata }) => metadata?.name ?? '')]).size < nodes.length)
    return undefined;
  const which = labelled.length === 1 ? `node ${labelled[0]}` : `nodes ${listed(labelled.slice(0, 3))}`;
  return {
    cause:
      labelled.length === 0
        ? "Cilium's Node IPAM gives the addresses of nodes, and the cluster autoscaler removes every node"
        : `Cilium's Node IPAM gives the addresses of nodes, and leaves out all of them: ${which} by the label ${excludeLabel}`,
    advice: '',
    ...(labelled.length > 0 && { look: cure(unlabelCommand(labelled.slice(0, 3)), 'lets it give their addresses') }),
    isSure: true,
  };
}
