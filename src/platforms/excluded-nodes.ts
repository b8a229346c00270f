import type { Node } from 'kubernetes-types/core/v1';
import { type Command, command, cure } from '../errors/cure.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import { itemsOf } from '../snapshot/topics.ts';
import type { PendingReason } from './missing-implementation.ts';

/** The label that excludes a node from load balancers (core/v1, LabelNodeExcludeBalancers). */
export const excludeLabel = 'node.kubernetes.io/exclude-from-external-load-balancers';
/** The taint that the cluster autoscaler sets on a node before it removes the node. */
export const goingTaint = 'ToBeDeletedByClusterAutoscaler';

/**
 * Reports the nodes that a service controller leaves out of its load balancers, and why (k8s.io/cloud-provider,
 * controllers/service). Undefined if it leaves out no node.
 */
export function excludedNodes({ topics }: Snapshot): PendingReason | undefined {
  // kubeadm sets this label on control plane nodes on purpose, so they do not count.
  const excluded = itemsOf(topics.nodes).flatMap((node) => {
    const why = isControlPlane(node) ? undefined : whyExcluded(node);
    return why ? [{ name: node.metadata?.name ?? '', why }] : [];
  });
  if (excluded.length === 0) return undefined;
  const shown = excluded.slice(0, 3).map(({ name, why }) => `node ${name} ${why}`);
  const more = excluded.length > 3 ? [`${excluded.length - 3} more`] : [];
  const labelled = excluded.find(({ why }) => why.includes(excludeLabel));
  const isUnready = excluded.some(({ why }) => why === notReady);
  return {
    cause: [...shown, ...more].join(', '),
    ...(isUnready
      ? { advice: '', look: cure(command`kubectl describe nodes`, 'shows why they are not Ready') }
      : labelled
        ? {
            advice: '',
            look: cure(unlabelCommand([labelled.name]), 'removes the label'),
          }
        : { advice: 'the cluster autoscaler removes these nodes: the address comes with the next node' }),
  };
}

const notReady = 'is not Ready';

/** Whether load balancers leave the node out because of its label. */
export function isExcluded({ metadata }: Node): boolean {
  return metadata?.labels?.[excludeLabel] !== undefined;
}

/** The command that removes the label from nodes. */
export function unlabelCommand(nodes: readonly string[]): Command | null {
  return command`kubectl label node ${nodes} ${`${excludeLabel}-`}`;
}

function isControlPlane({ metadata }: Node): boolean {
  const labels = metadata?.labels ?? {};
  return ['control-plane', 'master'].some((role) => labels[`node-role.kubernetes.io/${role}`] !== undefined);
}

function whyExcluded(node: Node): string | undefined {
  const { spec, status } = node;
  if (isExcluded(node)) return `is excluded by its label ${excludeLabel}`;
  if ((spec?.taints ?? []).some(({ key }) => key === goingTaint)) return 'is about to be deleted';
  const ready = status?.conditions?.find(({ type }) => type === 'Ready');
  return ready && ready.status !== 'True' ? notReady : undefined;
}
