import type { Pod } from 'kubernetes-types/core/v1';
import { assignedPortOwner } from './host-network.ts';

/**
 * The ports that SkyPilot itself uses in every Pod. The servers of Ray and SkyPilot ask for no password, so anyone who
 * can connect to them can run code in the Pod.
 *
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
 * The server of SkyPilot that listens on this Pod port; undefined if the user's app can use the port.
 *
 * @param head the head Pod; with hostNetwork, it has more reserved ports
 */
export function reservedPortOwner(targetPort: number, head: Pod | undefined): string | undefined {
  return reservedPorts.get(targetPort) ?? (head && assignedPortOwner(head, targetPort));
}
