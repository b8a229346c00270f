/** How a port is reached. `clusterip` is read and never written: a Service of another owner that selects a SkyPilot Pod. */
export const portModes = ['loadbalancer', 'ingress', 'podip', 'nodeport', 'clusterip'] as const;
export type PortModeName = (typeof portModes)[number];

/** The modes that `expose` takes. */
export const exposeModes = ['loadbalancer', 'ingress', 'podip', 'nodeport'] as const satisfies readonly PortModeName[];
export type ExposeMode = (typeof exposeModes)[number];

/** The modes that `expose` writes objects for, and `unexpose` removes them. */
export const writtenModes = ['loadbalancer', 'ingress', 'nodeport'] as const satisfies readonly ExposeMode[];
export type WrittenMode = (typeof writtenModes)[number];
