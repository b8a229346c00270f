/** What a SkyPilot cluster runs if SkyPilot launched it for its own use. */
export type ControllerKind = 'serve' | 'jobs';

/**
 * Whether SkyPilot launched the cluster to manage services or jobs (sky/utils/controller_utils.py,
 * sky/utils/common.py: `sky-serve-controller-HASH`, `sky-jobs-controller-HASH`); undefined for a user's cluster.
 */
export function controllerKindOf({ nameOnCloud }: { readonly nameOnCloud: string }): ControllerKind | undefined {
  return /^sky-(serve|jobs)-controller(?:-|$)/.exec(nameOnCloud)?.[1] as ControllerKind | undefined;
}

/**
 * SkyPilot opens these ports when it launches a SkyServe controller. SkyServe listens on one of them for each service
 * that is up (sky/serve/constants.py, LOAD_BALANCER_PORT_RANGE; sky/serve/service.py, find_free_port).
 */
export const servePorts = { from: 30_001, to: 30_020 } as const;

/** The range in the syntax of the command line. */
export const servePortRange: string = `${servePorts.from}-${servePorts.to}`;

/** Whether the port of this cluster is one that SkyPilot opens before a service needs it. */
export function isServePort(skyCluster: { readonly nameOnCloud: string }, port: number): boolean {
  return controllerKindOf(skyCluster) === 'serve' && port >= servePorts.from && port <= servePorts.to;
}
