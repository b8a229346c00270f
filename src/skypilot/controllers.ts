/**
 * What a controller of SkyPilot manages: services of SkyServe, or managed jobs. SkyPilot launches a SkyPilot cluster
 * for each controller.
 */
export type ControllerKind = 'serve' | 'jobs';

/**
 * What a SkyPilot cluster manages, if it is a controller of SkyPilot; undefined for a user's cluster. The names are
 * `sky-serve-controller-HASH` and `sky-jobs-controller-HASH` (sky/utils/controller_utils.py, sky/utils/common.py).
 */
export function controllerKindOf({ nameOnCloud }: { readonly nameOnCloud: string }): ControllerKind | undefined {
  return /^sky-(serve|jobs)-controller(?:-|$)/.exec(nameOnCloud)?.[1] as ControllerKind | undefined;
}

/**
 * The ports that SkyPilot opens when it launches a SkyServe controller. For each service that is up, SkyServe listens
 * on one of these ports (sky/serve/constants.py, LOAD_BALANCER_PORT_RANGE; sky/serve/service.py, find_free_port).
 */
export const servePorts = { from: 30_001, to: 30_020 } as const;

/** The range of these ports, as on the command line. */
export const servePortRange: string = `${servePorts.from}-${servePorts.to}`;

/** Whether SkyPilot has opened this port in advance, before a service of SkyServe uses it. */
export function isServePort(skyCluster: { readonly nameOnCloud: string }, port: number): boolean {
  return controllerKindOf(skyCluster) === 'serve' && port >= servePorts.from && port <= servePorts.to;
}
