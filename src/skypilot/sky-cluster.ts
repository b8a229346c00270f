import type { Pod } from 'kubernetes-types/core/v1';
import { clusterNameLabel, displayNameAnnotation, managedJobAnnotation, userLabel } from './names.ts';

/** A SkyPilot cluster: the Pods that share the label `skypilot-cluster-name` in one namespace. */
export interface SkyCluster {
  /**
   * The display name, as the user typed it. It is in an annotation of the Pods. Without this annotation, the name on
   * the cloud.
   */
  readonly displayName: string;
  /** The name on the cloud: the value of the label `skypilot-cluster-name`. */
  readonly nameOnCloud: string;
  readonly namespace: string;
  /** The Pods of the cluster. Empty if only objects that open its ports still exist. */
  readonly pods: readonly Pod[];
}

/** Groups Pods into SkyPilot clusters, in the order of their first Pod. Pods without the label are left out. */
export function groupIntoSkyClusters(pods: readonly Pod[]): SkyCluster[] {
  const groups = new Map<string, Pod[]>();
  for (const pod of pods) {
    const nameOnCloud = pod.metadata?.labels?.[clusterNameLabel];
    if (!nameOnCloud) continue;
    const key = `${pod.metadata?.namespace}/${nameOnCloud}`;
    const group = groups.get(key);
    if (group) group.push(pod);
    else groups.set(key, [pod]);
  }
  return [...groups.values()].map((group) => {
    const { labels, namespace } = group[0]!.metadata!;
    const nameOnCloud = labels![clusterNameLabel]!;
    return { displayName: displayNameOf(group) ?? nameOnCloud, nameOnCloud, namespace: namespace ?? '', pods: group };
  });
}

function displayNameOf(pods: readonly Pod[]): string | undefined {
  for (const pod of pods) {
    const name = pod.metadata?.annotations?.[displayNameAnnotation];
    if (name) return name;
  }
  return undefined;
}

/** Whether the Pod can receive traffic: it has not finished, and is not being deleted. */
export function isLive(pod: Pod): boolean {
  const phase = pod.status?.phase;
  return phase !== 'Succeeded' && phase !== 'Failed' && !pod.metadata?.deletionTimestamp;
}

/**
 * Whether the Pod is a head node. Its name or its labels show this, in all versions of SkyPilot
 * (sky/templates/kubernetes-ray.yml.j2).
 */
export function isHead(pod: Pod): boolean {
  const { labels, name } = pod.metadata ?? {};
  return (
    labels?.['skypilot-head-node'] === '1' ||
    labels?.['ray-node-type'] === 'head' ||
    name === `${labels?.[clusterNameLabel]}-head`
  );
}

/**
 * The head Pod; undefined if no Pod is a head node. Live Pods come first, because a high-availability controller leaves
 * evicted Pods behind. Among them, the Pod named `C-head` comes first, because our Services select it.
 */
export function headPodOf({ pods, nameOnCloud }: SkyCluster): Pod | undefined {
  const heads = pods.filter(isHead);
  const live = heads.filter(isLive);
  const byName = (each: Pod) => each.metadata?.name === `${nameOnCloud}-head`;
  return live.find(byName) ?? live[0] ?? heads.find(byName) ?? heads[0];
}

/** The user who launched the cluster, as the label of the head Pod has it; null without a head Pod or a label. */
export function userOf(skyCluster: SkyCluster): string | null {
  return headPodOf(skyCluster)?.metadata?.labels?.[userLabel] || null;
}

/** The id of the managed job that the cluster runs; undefined if it runs none. */
export function managedJobIdOf(skyCluster: SkyCluster): string | undefined {
  for (const pod of skyCluster.pods) {
    const id = pod.metadata?.annotations?.[managedJobAnnotation] ?? pod.metadata?.labels?.[managedJobAnnotation];
    if (id) return id;
  }
  return undefined;
}
