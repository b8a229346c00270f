import type { Node } from 'kubernetes-types/core/v1';
import type { ObjectReference } from '../../snapshot/object-reference.ts';
import { withoutStop } from '../format.ts';

type Condition = NonNullable<NonNullable<Node['status']>['conditions']>[number];

/** Condition Ready of a node, which its kubelet or the node controller writes; undefined if it has none. */
export function readyConditionOf({ status }: Node): Condition | undefined {
  return status?.conditions?.find(({ type }) => type === 'Ready');
}

/** Whether a node says that it is not Ready: `False` of its kubelet, or `Unknown` after its kubelet has stopped. */
export function isLost(node: Node): boolean {
  const ready = readyConditionOf(node);
  return ready !== undefined && ready.status !== 'True';
}

/** `node gpu-1 is not Ready (Unknown, NodeStatusUnknown: Kubelet stopped posting node status)`. */
export function lostNodeWords(node: Node): string {
  const { status = '', reason, message } = readyConditionOf(node) ?? {};
  const short = [status, reason].filter(Boolean).join(', ');
  return `node ${node.metadata?.name} is not Ready (${[short, withoutStop(message ?? '')].filter(Boolean).join(': ')})`;
}

export function nodeReference({ metadata }: Node): ObjectReference {
  return { kind: 'Node', namespace: '', name: metadata?.name ?? '' };
}
