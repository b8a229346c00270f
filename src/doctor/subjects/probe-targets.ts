import type { Endpoint } from '../../exposure/endpoint.ts';
import { mappingOf } from '../../exposure/port-mapping.ts';
import type { SnapshotIndex } from '../../exposure/snapshot-index.ts';
import { allModes } from '../../modes/all-modes.ts';
import { headPodOf, isLive } from '../../skypilot/sky-cluster.ts';
import { type ProbeTarget, probeKey } from '../../snapshot/probe.ts';
import { clusterKey, type Subject } from '../check-context.ts';

/**
 * The calls that show whether a port answers: its URL at each of its addresses. Empty for UDP, for wildcard hosts, and
 * for addresses that only work inside the Kubernetes cluster.
 */
export function targetsOf({ url, mode, protocol, address, addresses, ...ports }: Endpoint): ProbeTarget[] {
  if (url === null || protocol !== 'TCP' || allModes[mode].calledFrom !== 'anywhere') return [];
  const { hostname, protocol: scheme, pathname } = new URL(url);
  const host = hostname.replace(/^\[|\]$/g, '');
  if (host.includes('*')) return [];
  const path = pathname === '/' ? '' : pathname;
  const isOwnName = host !== address?.toLowerCase();
  return addresses.map((each) => ({
    address: each,
    port: ports.addressPort,
    scheme: scheme === 'https:' ? 'https' : 'http',
    host: isOwnName ? host : each,
    path,
    ...(scheme === 'http:' && ports.httpsPort !== undefined && { httpsPort: ports.httpsPort }),
  }));
}

/** The calls for all rows, without duplicates. */
export function probeTargetsOf(rows: readonly Endpoint[]): ProbeTarget[] {
  return [...new Map(rows.flatMap(targetsOf).map((target) => [probeKey(target), target])).values()];
}

/** A port of a Pod to probe from inside. */
interface PodPort {
  readonly namespace: string;
  readonly pod: string;
  readonly port: number;
}

/**
 * The ports to probe from inside the running head Pods, without duplicates. They are the ports that the endpoints lead
 * to, and the ports that the user named.
 */
export function podPortsOf(view: SnapshotIndex, { skyCluster, ports }: Subject, rows: readonly Endpoint[]): PodPort[] {
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
      found.map((each) => [`${clusterKey({ namespace: each.namespace, nameOnCloud: each.pod })} ${each.port}`, each]),
    ).values(),
  ];
}
