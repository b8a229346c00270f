import type { Container, Pod } from 'kubernetes-types/core/v1';

/**
 * The ports that SkyPilot's server assigns to a Pod with hostNetwork, in their order. They are ten consecutive ports.
 * Each of them is a `hostPort` of the container `ray-node`. Only the port of SSH has a name.
 *
 * Source: sky/provision/kubernetes/host_network_ports.py and host_network_probe.py (nightly 1.0.0.dev20261027).
 */
const block = [
  { variable: 'SKYPILOT_RAY_PORT', owner: "Ray's head node" },
  { variable: 'SKYPILOT_RAY_DASHBOARD_PORT', owner: "SkyPilot's Ray dashboard" },
  { variable: 'SKYPILOT_RAY_NODE_MANAGER_PORT', owner: "Ray's node manager" },
  { variable: 'SKYPILOT_RAY_OBJECT_MANAGER_PORT', owner: "Ray's object manager" },
  { variable: 'SKYPILOT_RAY_CLIENT_SERVER_PORT', owner: "Ray's client server" },
  { variable: 'SKYPILOT_RAY_DASHBOARD_AGENT_LISTEN_PORT', owner: "Ray's dashboard agent" },
  { variable: 'SKYPILOT_RAY_RUNTIME_ENV_AGENT_PORT', owner: "Ray's runtime environment agent" },
  { variable: 'SKYPILOT_RAY_METRICS_EXPORT_PORT', owner: "Ray's metrics" },
  { variable: 'SKYPILOT_SSHD_PORT', owner: 'SSH' },
  { variable: 'SKYPILOT_SKYLET_PORT', owner: "SkyPilot's gRPC server" },
] as const;

const sshPlace = block.findIndex(({ owner }) => owner === 'SSH');

/**
 * The range from which SkyPilot's server assigns blocks of ports. `kubernetes.host_network_port_range` can set another
 * range.
 */
const usualRange = { from: 20_000, to: 29_999 } as const;

/**
 * The server of SkyPilot or Ray that listens on a port of a Pod with hostNetwork; undefined if the app can use the
 * port. The hostPorts of the container show it. If none of them is named ssh, its environment variables show it. Dumps
 * do not contain these variables.
 */
export function assignedPortOwner({ spec }: Pod, port: number): string | undefined {
  const container = spec?.containers?.find(({ name }) => name === 'ray-node');
  if (!spec?.hostNetwork || !container) return undefined;
  const hostPorts = (container.ports ?? []).filter(({ hostPort }) => hostPort !== undefined);
  if (hostPorts.length === 0) return ownerInEnvironment(container, port);
  if (!hostPorts.some(({ hostPort }) => hostPort === port)) return undefined;
  const ssh = hostPorts.find(({ name }) => name === 'ssh')?.hostPort;
  if (ssh !== undefined) return block[port - (ssh - sshPlace)]?.owner;
  const isInRange = port >= usualRange.from && port <= usualRange.to;
  return isInRange
    ? (ownerInEnvironment(container, port) ?? 'a port that SkyPilot gave to Ray or to itself')
    : undefined;
}

function ownerInEnvironment({ env = [] }: Container, port: number): string | undefined {
  const variables = new Set(env.filter(({ value }) => value === String(port)).map(({ name }) => name));
  return block.find(({ variable }) => variables.has(variable))?.owner;
}
