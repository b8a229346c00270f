import type { Pod } from 'kubernetes-types/core/v1';
import { appPortsOf, insidePortsOf } from '../skypilot/app-ports.ts';
import { controllerKindOf } from '../skypilot/controllers.ts';
import { reservedPortOwner } from '../skypilot/reserved-ports.ts';
import { headPodOf, type SkyCluster } from '../skypilot/sky-cluster.ts';
import type { ListeningSocket } from '../snapshot/probe.ts';
import type { Endpoint } from './endpoint.ts';
import { mappingOf } from './port-mapping.ts';

/**
 * Where a port was found.
 *
 * - `declared`: a container of the head Pod declares it.
 * - `listening`: an app in the head Pod listens on it.
 * - `inside`: an app listens on it, but accepts only callers inside the Pod.
 * - `task`: a task file names it.
 */
export type PortSource = 'declared' | 'listening' | 'inside' | 'task';

/** Ports that were found in the same way. */
export interface FoundPorts {
  readonly source: PortSource;
  /** The name of the task in the file; undefined for other sources, and for a task without a name. */
  readonly task?: string | undefined;
  readonly ports: readonly number[];
}

/** A port that the user may want to open. */
export interface PortProposal extends Omit<FoundPorts, 'ports'> {
  readonly port: number;
  /** The endpoint that already opens the port. */
  readonly openAs: Endpoint | undefined;
}

/**
 * The ports that the containers of the head Pod declare, and the ports that its processes listen on. For a controller
 * of SkyPilot, the result is empty, because it runs no app.
 *
 * @param listening the sockets in the head Pod; undefined if they were not read
 */
export function portsInHead(skyCluster: SkyCluster, listening: readonly ListeningSocket[] | undefined): FoundPorts[] {
  const head = headPodOf(skyCluster);
  if (!head || controllerKindOf(skyCluster)) return [];
  const declared: FoundPorts = { source: 'declared', ports: declaredPorts(head) };
  if (!listening) return [declared];
  return [
    { source: 'inside', ports: insidePortsOf(listening, head) },
    { source: 'listening', ports: appPortsOf(listening, head) },
    declared,
  ];
}

/** The TCP ports that the containers of a Pod declare. */
export function declaredPorts({ spec }: Pod): number[] {
  const ports = (spec?.containers ?? []).flatMap((container) => container.ports ?? []);
  return ports.filter(({ protocol = 'TCP' }) => protocol === 'TCP').map(({ containerPort }) => containerPort);
}

/**
 * The found ports in ascending order, without reserved ports. If a port was found in several ways, the first one
 * counts.
 *
 * @param rows the endpoints of this SkyPilot cluster
 */
export function proposalsFrom(
  found: readonly FoundPorts[],
  skyCluster: SkyCluster,
  rows: readonly Endpoint[],
): PortProposal[] {
  const head = headPodOf(skyCluster);
  const open = new Map<number, Endpoint>();
  for (const row of rows.filter(({ protocol }) => protocol === 'TCP').toReversed()) {
    open.set(row.port, row);
    open.set(mappingOf(row, skyCluster).targetPort, row);
  }
  const proposals = new Map<number, PortProposal>();
  for (const { ports, ...how } of found) {
    for (const port of ports) {
      if (proposals.has(port) || reservedPortOwner(port, head) !== undefined) continue;
      proposals.set(port, { ...how, port, openAs: open.get(port) });
    }
  }
  return [...proposals.values()].sort((a, b) => a.port - b.port);
}

/** Whether the port can be opened so that callers reach the app. Other ports are only shown. */
export function isOffered({ openAs, source }: PortProposal): boolean {
  return openAs === undefined && source !== 'inside';
}
