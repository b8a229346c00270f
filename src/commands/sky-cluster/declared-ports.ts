import type { Endpoint } from '../../exposure/endpoint.ts';
import { isOffered, portsInHead, proposalsFrom } from '../../exposure/port-proposals.ts';
import { indexSnapshot } from '../../exposure/snapshot-index.ts';
import type { Connection } from '../../kubernetes/api/connect.ts';
import { collect } from '../../kubernetes/snapshots/collect.ts';
import { allModes } from '../../modes/all-modes.ts';
import { resolveEndpoints } from '../../modes/resolve-endpoints.ts';
import { endpointRequests } from '../../modes/what-to-collect.ts';
import { findSkyCluster } from '../../skypilot/find-sky-cluster.ts';
import type { SkyCluster } from '../../skypilot/sky-cluster.ts';

interface Place {
  readonly connection: Connection;
  /** The namespace to read; null for all namespaces. */
  readonly namespace: string | null;
}

/** The SkyPilot clusters with the given name, and their endpoints. */
export interface OpenPorts {
  readonly skyClusters: readonly SkyCluster[];
  readonly rows: readonly Endpoint[];
}

/**
 * Looks up the open ports of a SkyPilot cluster. With an empty name, looks up those of all SkyPilot clusters.
 *
 * @throws Failure if the cluster cannot be read
 */
export async function openPortsOf(name: string, { connection, namespace }: Place): Promise<OpenPorts> {
  const { pods, services, ingresses } = endpointRequests({ namespace });
  const snapshot = await collect(connection, {
    namespace,
    requests: { pods: pods!, services: services!, ingresses: ingresses! },
  });
  const view = indexSnapshot(snapshot);
  const found = findSkyCluster(name, view.skyClusters, { prefix: false });
  // `endpoints --port` needs no name. Without a name, use all SkyPilot clusters.
  const skyClusters = name === '' ? view.skyClusters : found.found === 'one' ? [found.skyCluster] : [];
  const rows = resolveEndpoints(view, { skyClusters }).filter(({ mode }) => allModes[mode].recordsPorts);
  return { skyClusters, rows };
}

/**
 * Whether callers outside the Kubernetes cluster can use the endpoint. If so, `expose` need not open its port again.
 */
export function opensToOthers({ mode }: Endpoint): boolean {
  return allModes[mode].calledFrom === 'anywhere';
}

/**
 * The ports of a SkyPilot cluster, ascending.
 *
 * - `port` (for `expose`): ports that the head Pod declares, and that are neither reserved nor already open
 * - `our-port` (for `unexpose`): ports that this plugin opened
 * - `open-port`: all open ports
 */
export async function portsOf(what: 'port' | 'open-port' | 'our-port', name: string, place: Place): Promise<number[]> {
  const { skyClusters, rows } = await openPortsOf(name, place);
  const ports = {
    port: () =>
      skyClusters.flatMap((each) =>
        proposalsFrom(portsInHead(each, undefined), each, rows.filter(opensToOthers))
          .filter(isOffered)
          .map(({ port }) => port),
      ),
    'open-port': () => rows.map(({ port }) => port),
    'our-port': () => rows.filter(({ managedBy }) => managedBy === 'kubectl-skyports').map(({ port }) => port),
  }[what]();
  return [...new Set(ports)].sort((a, b) => a - b);
}
