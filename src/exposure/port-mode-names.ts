/**
 * The ways to reach a port. `clusterip` stands for a Service of another owner that selects a SkyPilot Pod. This plugin
 * reads such Services, and never writes them.
 */
export const portModes = ['loadbalancer', 'ingress', 'podip', 'nodeport', 'clusterip'] as const;
export type PortModeName = (typeof portModes)[number];

/** The modes that `expose` accepts. */
export const exposeModes = ['loadbalancer', 'ingress', 'podip', 'nodeport'] as const satisfies readonly PortModeName[];
export type ExposeMode = (typeof exposeModes)[number];

/** The modes in which `expose` writes objects. `unexpose` removes these objects. */
export const writtenModes = ['loadbalancer', 'ingress', 'nodeport'] as const satisfies readonly ExposeMode[];
export type WrittenMode = (typeof writtenModes)[number];
