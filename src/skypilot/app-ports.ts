import type { Pod } from 'kubernetes-types/core/v1';
import { isOpenToOthers } from '../snapshot/listening-sockets.ts';
import type { ListeningSocket } from '../snapshot/probe.ts';
import { reservedPortOwner } from './reserved-ports.ts';

/**
 * Ports that an app of the user probably does not use. From `firstEphemeralPort` on, Linux chooses ports for outgoing
 * connections. In the range `rayWorkerPorts`, Ray chooses ports for its workers. SkyPilot starts Ray's object manager
 * on `rayObjectManager` (sky/provision/instance_setup.py).
 */
const firstEphemeralPort = 32_768;
const rayWorkerPorts = { from: 10_002, to: 19_999 } as const;
const rayObjectManager = 8076;

/**
 * The ports where the user's apps accept callers from outside the Pod. Ports of SkyPilot, Ray and Linux are left
 * out. Each port appears once, in the order of the sockets.
 */
export function appPortsOf(listening: readonly ListeningSocket[], head: Pod | undefined): number[] {
  return usersPorts(listening.filter(isOpenToOthers), head);
}

/** The ports where the user's apps accept only callers inside the Pod. */
export function insidePortsOf(listening: readonly ListeningSocket[], head: Pod | undefined): number[] {
  const outside = new Set(listening.filter(isOpenToOthers).map(({ port }) => port));
  return usersPorts(
    listening.filter(({ port }) => !outside.has(port)),
    head,
  );
}

function usersPorts(sockets: readonly ListeningSocket[], head: Pod | undefined): number[] {
  return [...new Set(sockets.map(({ port }) => port))].filter(
    (port) =>
      reservedPortOwner(port, head) === undefined &&
      port !== rayObjectManager &&
      port < firstEphemeralPort &&
      (port < rayWorkerPorts.from || port > rayWorkerPorts.to),
  );
}
