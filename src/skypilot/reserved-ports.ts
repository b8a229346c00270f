import type { Pod } from 'kubernetes-types/core/v1';
import { assignedPortOwner } from './host-network.ts';

/**
 * Ports that every SkyPilot Pod listens on for SkyPilot's own use. The ports of Ray and SkyPilot need no password, so
 * anyone who can connect to one of them can run code in the Pod.
 * Sources: sky/skylet/constants.py, sky/templates/kubernetes-ray.yml.j2.
 */
const reservedPorts: ReadonlyMap<number, string> = new Map([
  [22, 'SSH'],
  [6380, "Ray's head node"],
  [8265, "Ray's dashboard"],
  [8266, "SkyPilot's Ray dashboard"],
  [10001, "Ray's client server"],
  [46590, "SkyPilot's gRPC server"],
]);

/**
 * The server that listens on this Pod port for SkyPilot's own use; undefined if the port is free for the user's app.
 *
 * @param head the head Pod, which has further reserved ports if it uses hostNetwork
 */
export function reservedPortOwner(targetPort: number, head: Pod | undefined): string | undefined {
  return reservedPorts.get(targetPort) ?? (head && assignedPortOwner(head, targetPort));
}
