import type { Node } from 'kubernetes-types/core/v1';
import { isIpAddress } from '../scope.ts';

/** An address of a node where nodePorts answer. */
export interface NodeCandidate {
  readonly address: string;
  readonly node: string;
  readonly type: 'ExternalIP' | 'InternalIP';
}

/**
 * The node addresses where the ingress controller may answer: first the ExternalIPs of Ready nodes, then the
 * InternalIPs. Only IPv4 addresses count, because SkyPilot does not put IPv6 addresses in brackets. Control plane nodes
 * without the role `worker` count only if no other node is usable.
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

/** Whether the node is Ready and is not being deleted. */
function isNodeReady({ metadata, status }: Node): boolean {
  if (metadata?.deletionTimestamp) return false;
  return status?.conditions?.some((condition) => condition.type === 'Ready' && condition.status === 'True') ?? false;
}

const role = (name: string) => `node-role.kubernetes.io/${name}`;

// In RKE2 and K3s, a server node that also runs workloads often has a second role, such as `worker`.
function isControlPlaneOnly({ metadata }: Node): boolean {
  const labels = metadata?.labels ?? {};
  const isControlPlane = [role('control-plane'), role('master')].some((label) => label in labels);
  return isControlPlane && !(role('worker') in labels);
}
