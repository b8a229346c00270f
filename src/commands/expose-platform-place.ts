import type { Service } from 'kubernetes-types/core/v1';
import { advice } from '../errors/cure.ts';
import { UsageError } from '../errors/usage-error.ts';
import type { ExposeRequest } from '../exposure/plan/expose-request.ts';
import { replaceLoadBalancer } from '../exposure/plan/unexpose-command.ts';
import type { Connection } from '../kubernetes/api/connect.ts';
import { annotationKey } from '../platforms/annotation-key.ts';
import type { Detected } from '../platforms/detect.ts';
import { platformIds } from '../platforms/ids.ts';
import type { LoadBalancer, StaticIp } from '../platforms/platform.ts';
import { withAnnotations } from './added-metadata.ts';
import type { AskedOfPlatform } from './expose-platform-flags.ts';
import { withPool } from './expose-platform-pool.ts';

interface Around {
  readonly candidates: readonly Detected<LoadBalancer>[];
  /** Our Service, when it is there. */
  readonly live: Service | undefined;
  /** All Services that were seen. */
  readonly services: readonly Service[];
  /** Whether it is for the Services that SkyPilot makes. */
  readonly forSkyPilot: boolean;
  readonly connection: Connection;
}

/**
 * Writes which address a load balancer takes (`--address-pool`, `--static-ip`), and that it goes without nodePorts.
 *
 * @throws UsageError if the load balancer knows nothing of the kind, or could not be detected
 */
export async function withPlace(
  request: ExposeRequest,
  { pool, staticIp, noNodePorts }: AskedOfPlatform,
  { candidates, live, services, forSkyPilot, connection }: Around,
): Promise<{ request: ExposeRequest; notes: string[] }> {
  const notes: string[] = [];
  let placed = request;
  if (pool !== undefined) {
    const part = await withPool(placed, pool, theOnly(candidates, '--address-pool'), {
      services,
      forSkyPilot,
      connection,
    });
    placed = part.request;
    notes.push(part.note);
  }
  if (staticIp !== undefined) {
    const { what, because } = theOnly(candidates, '--static-ip');
    const how = what.staticIp;
    if (!how) {
      throw new UsageError('not-supported-by-platform', `how to ask ${what.title} for an address is unknown`, [
        advice('add its annotation by --annotation KEY=VALUE'),
      ]);
    }
    const key = 'annotation' in how ? annotationOf(how, staticIp, what, services) : undefined;
    placed = key
      ? { ...placed, annotations: withAnnotations(placed, { [key]: staticIp }, '--static-ip') }
      : { ...placed, loadBalancerIP: staticIp };
    const written = key ? `${key}=${staticIp}` : 'spec.loadBalancerIP';
    notes.push(`static IP ${staticIp}: ${written} (${what.title}; ${because})`);
  }
  if (noNodePorts) {
    const { what } = theOnly(candidates, '--no-node-ports');
    if (!what.needsNoNodePorts) {
      throw new UsageError('not-supported-by-platform', `whether ${what.title} works without nodePorts is unknown`, [
        advice('leave --no-node-ports out'),
      ]);
    }
    if (live && live.spec?.allocateLoadBalancerNodePorts !== false) {
      throw new UsageError(
        'immutable-node-ports',
        `Service ${live.metadata?.name} has nodePorts, and Kubernetes does not take them away`,
        replaceLoadBalancer(request.skyCluster),
      );
    }
    placed = { ...placed, allocateNodePorts: false };
  }
  return { request: placed, notes };
}

/** @throws UsageError for an IPv6 address where none can be asked for */
function annotationOf(
  { annotation, ipv6 }: Extract<StaticIp, { annotation: string }>,
  staticIp: string,
  loadBalancer: LoadBalancer,
  services: readonly Service[],
): string {
  const isIpv6 = staticIp.includes(':');
  if (isIpv6 && ipv6 === null) {
    throw new UsageError(
      'not-supported-by-platform',
      `--static-ip ${staticIp}: ${loadBalancer.title} takes requests for IPv4 addresses only (${annotation})`,
      [advice('name an IPv4 address, or leave --static-ip out')],
    );
  }
  return annotationKey(loadBalancer, (isIpv6 && ipv6) || annotation, services);
}

/** The load balancer that gives the address. @throws UsageError when that could not be detected */
export function theOnly(candidates: readonly Detected<LoadBalancer>[], flag: string): Detected<LoadBalancer> {
  const [only, second] = candidates;
  if (only && !second) return only;
  throw new UsageError(
    'platform-unknown',
    only
      ? `${flag}: more than one may give the address: ${candidates.map(({ what }) => what.title).join(' and ')}`
      : `${flag}: what gives this cluster's Services their addresses could not be detected`,
    [
      advice(
        only
          ? `add ${candidates.map(({ what }) => `--platform ${what.id}`).join(' or ')}`
          : `add --platform NAME; NAME is one of ${platformIds.join(', ')}`,
      ),
    ],
  );
}
