import type { Endpoint } from '../../exposure/endpoint.ts';
import { mappingOf } from '../../exposure/pod-port.ts';
import type { View } from '../../exposure/view.ts';
import { allModes } from '../../modes/all-modes.ts';
import { headPodOf, isLive } from '../../skypilot/sky-cluster.ts';
import { aboutOf, type Subject } from '../scene.ts';

/** A port of a Pod to look at from inside. */
export interface PodPort {
  readonly namespace: string;
  readonly pod: string;
  readonly port: number;
}

/** The ports of running head Pods that the endpoints lead to, and those that were named, each once. */
export function podPortsOf(view: View, { skyCluster, ports }: Subject, rows: readonly Endpoint[]): PodPort[] {
  const opened = rows.filter(({ protocol, mode }) => protocol === 'TCP' && allModes[mode].recordsPorts);
  const named = skyCluster ? (ports ?? []).filter((port) => !opened.some((row) => row.port === port)) : [];
  const wanted = [
    ...opened.map((row) => ({ key: row, port: row.port, targetPort: row.targetPort })),
    ...named.map((port) => ({ key: skyCluster!, port, targetPort: port })),
  ];
  const found = wanted.flatMap(({ key, ...mapping }) => {
    const owner = view.skyClusterNamed(key.namespace, key.nameOnCloud);
    const head = owner && headPodOf(owner);
    if (!head || !isLive(head) || head.status?.phase !== 'Running') return [];
    return [{ namespace: owner.namespace, pod: head.metadata?.name ?? '', port: mappingOf(mapping, owner).targetPort }];
  });
  return [
    ...new Map(
      found.map((each) => [`${aboutOf({ namespace: each.namespace, nameOnCloud: each.pod })} ${each.port}`, each]),
    ).values(),
  ];
}
