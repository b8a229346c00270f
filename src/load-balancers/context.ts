import type { Service } from 'kubernetes-types/core/v1';
import type { ExposeRequest } from '../exposure/plan/expose-request.ts';
import type { Connection } from '../kubernetes/api/connect.ts';
import type { Detected } from '../platforms/detect.ts';
import type { SchemeOption } from '../platforms/ids.ts';
import type { LoadBalancer } from '../platforms/platform.ts';

/** What `expose` was asked that depends on the load balancer. */
export interface LoadBalancerOptions {
  readonly scheme: SchemeOption | undefined;
  /** Id of a platform or load balancer; undefined: what is detected. */
  readonly platform: string | undefined;
  readonly pool: string | undefined;
  /** An IPv4 or IPv6 address. */
  readonly staticIp: string | undefined;
  readonly trafficPolicy: 'Cluster' | 'Local' | undefined;
  readonly noNodePorts: boolean;
  /** A Service port; `none` leaves what the load balancer does by itself. */
  readonly healthCheck: number | 'none' | undefined;
  readonly probe: 'pod' | undefined;
}

/** Around a request: what may give the address, and what exists already. */
export interface LoadBalancerContext {
  /** What may give the address; of several, none is certain. */
  readonly candidates: readonly Detected<LoadBalancer>[];
  /** Our Service, if it exists. */
  readonly live: Service | undefined;
  /** All Services that were seen. */
  readonly services: readonly Service[];
  /** Whether it is for the Services that SkyPilot creates. */
  readonly forSkyPilot: boolean;
  /** The Service ports in the order in which they were named; not empty. */
  readonly namedPorts: readonly number[];
  readonly connection: Connection;
}

/** A request with what a load balancer needs for an option. */
export interface Adjusted {
  readonly request: ExposeRequest;
  /** What was set and why, what the platform does by itself, and what is not verified: a line each. */
  readonly notes: readonly string[];
}

/** Whether an option depends on which load balancer gives the address. */
export function needsLoadBalancer(options: LoadBalancerOptions): boolean {
  const { scheme, pool, staticIp, noNodePorts, healthCheck, probe } = options;
  const isScheme = scheme === 'internal' || scheme === 'public';
  const isPlace = pool !== undefined || staticIp !== undefined || noNodePorts;
  return isScheme || isPlace || typeof healthCheck === 'number' || probe !== undefined;
}
