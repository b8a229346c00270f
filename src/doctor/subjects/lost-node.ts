import type { Node } from 'kubernetes-types/core/v1';
import type { ObjectReference } from '../../snapshot/object-reference.ts';
import { withoutStop } from '../format.ts';

type Condition = NonNullable<NonNullable<Node['status']>['conditions']>[number];

/**
 * The condition Ready of a node; undefined if the node has none. The kubelet or the node controller writes this
 * condition.
 */
export function readyConditionOf({ status }: Node): Condition | undefined {
  return status?.conditions?.find(({ type }) => type === 'Ready');
}

/**
 * Whether a node reports that it is not Ready. The kubelet writes the status `False`. After the kubelet has stopped,
 * the status is `Unknown`.
 */
export function isLost(node: Node): boolean {
  const ready = readyConditionOf(node);
  return ready !== undefined && ready.status !== 'True';
}

/**
 * Describes a node that is not Ready: `node gpu-1 is not Ready (Unknown, NodeStatusUnknown: Kubelet stopped posting
 * node status)`.
 */
export function lostNodeWords(node: Node): string {
  const { status = '', reason, message } = readyConditionOf(node) ?? {};
  const short = [status, reason].filter(Boolean).join(', ');
  return `node ${node.metadata?.name} is not Ready (${[short, withoutStop(message ?? '')].filter(Boolean).join(': ')})`;
}

export function nodeReference({ metadata }: Node): ObjectReference {
  return { kind: 'Node', namespace: '', name: metadata?.name ?? '' };
}
