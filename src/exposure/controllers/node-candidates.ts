import type { Node } from 'kubernetes-types/core/v1';
import { isIpAddress } from '../scope.ts';

/** An address of a node where nodePorts answer. */
export interface NodeCandidate {
  readonly address: string;
  /** Name of the node. */
  readonly node: string;
  readonly type: 'ExternalIP' | 'InternalIP';
}

/**
 * Node addresses where the ingress controller may answer, best first: ExternalIPs of Ready nodes, then their
 * InternalIPs. IPv4 only, since SkyPilot does not put IPv6 addresses in brackets. Nodes that are only control plane are
 * included if there are no others.
 *
 * @param options.onNodes with `externalTrafficPolicy: Local`, the nodes with a ready Pod of the controller
 */
export function nodeCandidates(
  nodes: readonly Node[],
  options: { readonly onNodes?: ReadonlySet<string> | undefined } = {},
): NodeCandidate[] {
  const { onNodes } = options;
  const usable = nodes.filter((node) => isNodeReady(node) && (onNodes?.has(node.metadata?.name ?? '') ?? true));
  const workers = usable.filter((node) => !isControlPlaneOnly(node));
  const chosen = workers.length > 0 ? workers : usable;
  return [...addressesOf(chosen, 'ExternalIP'), ...addressesOf(chosen, 'InternalIP')];
}

function addressesOf(nodes: readonly Node[], type: NodeCandidate['type']): NodeCandidate[] {
  return nodes.flatMap((node) =>
    (node.status?.addresses ?? [])
      .filter((each) => each.type === type && isIpAddress(each.address) && !each.address.includes(':'))
      .map(({ address }) => ({ address, node: node.metadata?.name ?? '', type })),
  );
}

/** `status.conditions`, type Ready. */
function isNodeReady({ metadata, status }: Node): boolean {
  if (metadata?.deletionTimestamp) return false;
  return status?.conditions?.some((condition) => condition.type === 'Ready' && condition.status === 'True') ?? false;
}

const role = (name: string) => `node-role.kubernetes.io/${name}`;

// RKE2 and k3s servers that also run workloads often have a second role.
function isControlPlaneOnly({ metadata }: Node): boolean {
  const labels = metadata?.labels ?? {};
  const isControlPlane = [role('control-plane'), role('master')].some((label) => label in labels);
  return isControlPlane && !(role('worker') in labels);
}
