/**
 * The ways to reach a port. `clusterip` is only read, never written: a Service of another owner that selects a SkyPilot Pod.
 */
export const portModes = ['loadbalancer', 'ingress', 'podip', 'nodeport', 'clusterip'] as const;
export type PortModeName = (typeof portModes)[number];

/** The modes that `expose` accepts. */
export const exposeModes = ['loadbalancer', 'ingress', 'podip', 'nodeport'] as const satisfies readonly PortModeName[];
export type ExposeMode = (typeof exposeModes)[number];

/** The modes with objects that `expose` writes and `unexpose` removes. */
export const writtenModes = ['loadbalancer', 'ingress', 'nodeport'] as const satisfies readonly ExposeMode[];
export type WrittenMode = (typeof writtenModes)[number];
