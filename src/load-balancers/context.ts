import type { Service } from 'kubernetes-types/core/v1';
import type { ExposeRequest } from '../exposure/plan/expose-request.ts';
import type { Connection } from '../kubernetes/api/connect.ts';
import type { Detected } from '../platforms/detect.ts';
import type { SchemeOption } from '../platforms/ids.ts';
import type { LoadBalancer } from '../platforms/platform.ts';

/** The options of `expose` that depend on the load balancer. */
export interface LoadBalancerOptions {
  readonly scheme: SchemeOption | undefined;
  /** The id of a platform or load balancer; undefined if it has to be detected. */
  readonly platform: string | undefined;
  readonly pool: string | undefined;
  /** The IPv4 or IPv6 address to request. */
  readonly staticIp: string | undefined;
  readonly trafficPolicy: 'Cluster' | 'Local' | undefined;
  readonly noNodePorts: boolean;
  /** The Service port for the health check. `none` keeps the default of the load balancer. */
  readonly healthCheck: number | 'none' | undefined;
  readonly probe: 'pod' | undefined;
}

/** What is known about the load balancer of a request: the candidates, and the existing Services. */
export interface LoadBalancerContext {
  /** The load balancers that may give the address. If there is more than one, it is unknown which of them does. */
  readonly candidates: readonly Detected<LoadBalancer>[];
  /** The existing Service that this plugin created; undefined if it created none. */
  readonly live: Service | undefined;
  /** All Services that were seen. */
  readonly services: readonly Service[];
  /** Whether the request is for the Services that SkyPilot creates. */
  readonly forSkyPilot: boolean;
  /** The Service ports in the order of the command line; not empty. */
  readonly namedPorts: readonly number[];
  readonly connection: Connection;
}

/** A request, adjusted to its load balancer, and notes about the adjustments. */
export interface Adjusted {
  readonly request: ExposeRequest;
  /** One line each: the settings and their reasons, the defaults of the platform, and facts that are not verified. */
  readonly notes: readonly string[];
}

/** Whether an option depends on the kind of load balancer. */
export function needsLoadBalancer(options: LoadBalancerOptions): boolean {
  const { scheme, pool, staticIp, noNodePorts, healthCheck, probe } = options;
  const isScheme = scheme === 'internal' || scheme === 'public';
  const isPlace = pool !== undefined || staticIp !== undefined || noNodePorts;
  return isScheme || isPlace || typeof healthCheck === 'number' || probe !== undefined;
}
