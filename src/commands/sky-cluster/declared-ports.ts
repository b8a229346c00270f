import { cure } from '../../errors/cure.ts';
import { UsageError } from '../../errors/usage-error.ts';
import { indexSnapshot } from '../../exposure/snapshot-index.ts';
import type { Connection } from '../../kubernetes/api/connect.ts';
import { collect } from '../../kubernetes/snapshots/collect.ts';
import { allModes } from '../../modes/all-modes.ts';
import { resolveEndpoints } from '../../modes/resolve-endpoints.ts';
import { endpointRequests } from '../../modes/what-to-collect.ts';
import { findSkyCluster } from '../../skypilot/find-sky-cluster.ts';
import { reservedPortOwner } from '../../skypilot/reserved-ports.ts';
import { headPodOf } from '../../skypilot/sky-cluster.ts';
import type { System } from '../../system.ts';
import type { ConnectionValues } from '../command.ts';
import { connectToCluster } from '../connection/connect.ts';
import { mostSuggested, retyped } from './misnamed.ts';

/** The time limit of the request in milliseconds. It is short, because the ports are only a hint in an error message. */
const patienceMs = 3000;

/**
 * Adds suggestions for ports to the error of `expose NAME` without a port. They are ports that the containers of the
 * head Pod declare and that are not open yet. If no such port is known, the error is unchanged.
 */
export async function withDeclaredPorts(
  error: UsageError,
  name: string,
  values: ConnectionValues,
  system: System,
): Promise<UsageError> {
  const ports = await declaredPorts(name, values, system).catch(() => []);
  if (ports.length === 0) return error;
  const cures = ports.slice(0, mostSuggested).map(async (port) => cure(await retyped(system, { port })));
  const fact = `${error.message}; its containers declare ${ports.join(', ')}`;
  return new UsageError(error.code, fact, await Promise.all(cures));
}

async function declaredPorts(name: string, values: ConnectionValues, system: System): Promise<number[]> {
  const connection = await connectToCluster(values, system);
  const patience = setTimeout(() => connection.close(), patienceMs);
  try {
    return await portsOf('port', name, { connection, namespace: connection.namespace });
  } finally {
    clearTimeout(patience);
    connection.close();
  }
}

/**
 * The ports of a SkyPilot cluster, ascending. `port` (for `expose`): ports that the head Pod declares, that are not
 * reserved, and that are not open yet. `our-port` (for `unexpose`): ports that this plugin opened. `open-port`: all
 * open ports.
 */
export async function portsOf(
  what: 'port' | 'open-port' | 'our-port',
  name: string,
  { connection, namespace }: { readonly connection: Connection; readonly namespace: string | null },
): Promise<number[]> {
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
  const open = rows.map(({ port }) => port);
  const ours = rows.filter(({ managedBy }) => managedBy === 'kubectl-skyports').map(({ port }) => port);
  const declared = skyClusters.flatMap((each) => {
    const head = headPodOf(each);
    const ports = (head?.spec?.containers ?? []).flatMap((container) => container.ports ?? []);
    return ports.map(({ containerPort }) => containerPort).filter((port) => !reservedPortOwner(port, head));
  });
  const ports = {
    port: declared.filter((port) => !open.includes(port)),
    'open-port': open,
    'our-port': ours,
  }[what];
  return [...new Set(ports)].sort((a, b) => a - b);
}
