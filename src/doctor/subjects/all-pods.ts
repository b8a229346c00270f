import type { Pod } from 'kubernetes-types/core/v1';
import { clusterNameLabel } from '../../skypilot/names.ts';
import type { Snapshot } from '../../snapshot/snapshot.ts';
import { itemsOf } from '../../snapshot/topics.ts';

/**
 * All Pods of the Kubernetes cluster. Undefined if the snapshot may lack some of them. A live diagnosis lists Pods by
 * their labels, so only kubectl's output of all namespaces contains all Pods.
 */
export function allPodsIn({ pods }: Pick<Snapshot['topics'], 'pods'>): readonly Pod[] | undefined {
  const all = itemsOf(pods);
  const isOfOthers = all.some(({ metadata }) => metadata?.labels?.[clusterNameLabel] === undefined);
  const namespaces = new Set(all.map(({ metadata }) => metadata?.namespace));
  return isOfOthers && namespaces.size > 1 ? all : undefined;
}
