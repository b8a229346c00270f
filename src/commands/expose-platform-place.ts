import type { Service } from 'kubernetes-types/core/v1';
import { nearestOf } from '../arguments/nearest.ts';
import { shellWord } from '../errors/shell-word.ts';
import { UsageError } from '../errors/usage-error.ts';
import type { ExposeRequest } from '../exposure/plan/expose-request.ts';
import { observe } from '../kubernetes/collect.ts';
import type { Connection } from '../kubernetes/connect.ts';
import type { Detected } from '../platforms/detect.ts';
import type { LoadBalancer } from '../platforms/platform.ts';
import type { WithMetadata } from '../snapshot/object-reference.ts';
import { collectionPath } from '../snapshot/resource-paths.ts';
import type { AskedOfPlatform } from './expose-platform-flags.ts';

interface Around {
  readonly candidates: readonly Detected<LoadBalancer>[];
  /** Our Service, when it is there. */
  readonly live: Service | undefined;
  readonly connection: Connection;
}

/**
 * Writes which address a load balancer takes (`--address-pool`, `--static-ip`), and that it goes without nodePorts.
 *
 * @throws UsageError where the load balancer knows nothing of the kind, or could not be told
 */
export async function withPlace(
  request: ExposeRequest,
  { pool, staticIp, noNodePorts }: AskedOfPlatform,
  { candidates, live, connection }: Around,
): Promise<{ request: ExposeRequest; notes: string[] }> {
  const notes: string[] = [];
  let placed = request;
  if (pool !== undefined) {
    const { what, because } = theOnly(candidates, '--address-pool');
    const key = what.poolAnnotation;
    if (!key) throw new UsageError(`${what.title} takes no pool by name`, what.instead ?? 'leave --address-pool out');
    await refuseUnknownPool(pool, connection);
    placed = { ...placed, annotations: withAnnotations(placed, { [key]: pool }, '--address-pool') };
    notes.push(`address pool ${pool}: ${key}=${pool} (${what.title}; ${because})`);
  }
  if (staticIp !== undefined) {
    const { what, because } = theOnly(candidates, '--static-ip');
    const how = what.staticIp;
    if (!how) {
      throw new UsageError(
        `how ${what.title} is asked for an address is not known here`,
        'write its annotation by --annotation KEY=VALUE',
      );
    }
    placed =
      'annotation' in how
        ? { ...placed, annotations: withAnnotations(placed, { [how.annotation]: staticIp }, '--static-ip') }
        : { ...placed, loadBalancerIP: staticIp };
    const written = 'annotation' in how ? `${how.annotation}=${staticIp}` : `spec.${how.field}`;
    notes.push(`static IP ${staticIp}: ${written} (${what.title}; ${because})`);
  }
  if (noNodePorts) {
    const { what } = theOnly(candidates, '--no-node-ports');
    if (!what.needsNoNodePorts) {
      throw new UsageError(`that ${what.title} works without nodePorts is not known here`, 'leave --no-node-ports out');
    }
    if (live && live.spec?.allocateLoadBalancerNodePorts !== false) {
      throw new UsageError(
        `Service ${live.metadata?.name} has nodePorts, and Kubernetes does not take them away`,
        `kubectl skyports unexpose ${shellWord(request.skyCluster.displayName)} --mode loadbalancer   then expose again`,
      );
    }
    placed = { ...placed, allocateNodePorts: false };
  }
  return { request: placed, notes };
}

/** Annotations that a flag writes. @throws UsageError when `--annotation` says the same */
export function withAnnotations(
  { annotations: { set, remove } }: ExposeRequest,
  added: Readonly<Record<string, string>>,
  flag: string,
): ExposeRequest['annotations'] {
  const twice = Object.keys(added).find((key) => Object.hasOwn(set, key) || remove.includes(key));
  if (twice) throw new UsageError(`${flag} and --annotation both say ${twice}`, 'leave out one of them');
  return { set: { ...set, ...added }, remove };
}

/** The load balancer that gives the address. @throws UsageError when that could not be told */
export function theOnly(candidates: readonly Detected<LoadBalancer>[], flag: string): Detected<LoadBalancer> {
  const [only, second] = candidates;
  if (only && !second) return only;
  throw new UsageError(
    only
      ? `${flag}: more than one may give the address: ${candidates.map(({ what }) => what.title).join(' and ')}`
      : `${flag}: what gives this cluster's Services their addresses could not be told`,
    'name it by --platform NAME',
  );
}

/** Who may not see the pools is believed. */
async function refuseUnknownPool(pool: string, connection: Connection): Promise<void> {
  const pools = await observe(connection, { path: collectionPath('IPAddressPool', null) });
  if (!pools.observed) return;
  const names = (pools.items as readonly WithMetadata[]).map(({ metadata }) => metadata?.name ?? '');
  if (names.includes(pool)) return;
  const nearest = nearestOf(pool, names);
  const cure = nearest ? `did you mean ${nearest}?` : 'kubectl get ipaddresspools -A shows them';
  throw new UsageError(`--address-pool ${pool}: there is no such IPAddressPool`, cure);
}
