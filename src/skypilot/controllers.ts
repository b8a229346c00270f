/**
 * The purpose of a SkyPilot cluster that SkyPilot launched for its own use: to manage services of SkyServe or managed
 * jobs.
 */
export type ControllerKind = 'serve' | 'jobs';

/**
 * The kind of controller that SkyPilot launched the cluster for (sky/utils/controller_utils.py, sky/utils/common.py:
 * `sky-serve-controller-HASH`, `sky-jobs-controller-HASH`); undefined for a user's cluster.
 */
export function controllerKindOf({ nameOnCloud }: { readonly nameOnCloud: string }): ControllerKind | undefined {
  return /^sky-(serve|jobs)-controller(?:-|$)/.exec(nameOnCloud)?.[1] as ControllerKind | undefined;
}

/**
 * The ports that SkyPilot opens when it launches a SkyServe controller. SkyServe listens on one of these ports for each
 * service that is up (sky/serve/constants.py, LOAD_BALANCER_PORT_RANGE; sky/serve/service.py, find_free_port).
 */
export const servePorts = { from: 30_001, to: 30_020 } as const;

/** The range of these ports, in the syntax of the command line. */
export const servePortRange: string = `${servePorts.from}-${servePorts.to}`;

/** Whether SkyPilot opens this port of the cluster before a service needs it. */
export function isServePort(skyCluster: { readonly nameOnCloud: string }, port: number): boolean {
  return controllerKindOf(skyCluster) === 'serve' && port >= servePorts.from && port <= servePorts.to;
}
