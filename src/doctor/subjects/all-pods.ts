import type { Pod } from 'kubernetes-types/core/v1';
import { clusterNameLabel } from '../../skypilot/names.ts';
import type { Snapshot } from '../../snapshot/snapshot.ts';
import { itemsOf } from '../../snapshot/topics.ts';

/**
 * All Pods of the Kubernetes cluster; undefined if the snapshot may not have all of them. Only kubectl's output of all
 * namespaces has them: a live diagnosis lists Pods by their labels.
 */
export function allPodsIn({ pods }: Pick<Snapshot['topics'], 'pods'>): readonly Pod[] | undefined {
  const all = itemsOf(pods);
  const isOfOthers = all.some(({ metadata }) => metadata?.labels?.[clusterNameLabel] === undefined);
  const namespaces = new Set(all.map(({ metadata }) => metadata?.namespace));
  return isOfOthers && namespaces.size > 1 ? all : undefined;
}
