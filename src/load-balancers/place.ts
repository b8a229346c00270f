import type { Service } from 'kubernetes-types/core/v1';
import { nearestOf } from '../arguments/nearest.ts';
import { advice, type Cure } from '../errors/cure.ts';
import { UsageError } from '../errors/usage-error.ts';
import { ownLoadBalancerName } from '../exposure/ownership.ts';
import type { ExposeRequest } from '../exposure/plan/expose-request.ts';
import { ownMetadata } from '../exposure/plan/manifest.ts';
import { replaceLoadBalancer } from '../exposure/plan/unexpose-command.ts';
import type { Connection } from '../kubernetes/api/connect.ts';
import { observe, observing } from '../kubernetes/snapshots/collect.ts';
import { annotationKey } from '../platforms/annotation-key.ts';
import { labelsForPool, poolRefusal, poolTrouble, rangesOfCiliumPool } from '../platforms/cilium-pools.ts';
import { ciliumPoolsRequest } from '../platforms/custom-resources.ts';
import type { Detected } from '../platforms/detect.ts';
import { platformIds } from '../platforms/ids.ts';
import type { LoadBalancer, StaticIp } from '../platforms/platform.ts';
import { loadBalancerName } from '../skypilot/names.ts';
import type { WithMetadata } from '../snapshot/object-reference.ts';
import { collectionPath, objectPath } from '../snapshot/resource-paths.ts';
import { listed } from '../snapshot/text.ts';
import type { CiliumPool } from '../snapshot/topics.ts';
import { unseenCures, unseenError, unseenWords } from '../snapshot/unseen-words.ts';
import type { Adjusted, LoadBalancerContext, LoadBalancerOptions } from './context.ts';
import { withAdded, withAnnotations } from './merge-metadata.ts';

/**
 * Sets the address of a load balancer (`--address-pool`, `--static-ip`), and whether its Service has nodePorts
 * (`--no-node-ports`).
 *
 * @throws UsageError if the load balancer does not support such an option, or was not detected
 */
export async function withPlace(
  request: ExposeRequest,
  { pool, staticIp, noNodePorts }: LoadBalancerOptions,
  context: LoadBalancerContext,
): Promise<Adjusted> {
  const { candidates, live, services } = context;
  const notes: string[] = [];
  let placed = request;
  if (pool !== undefined) {
    const pooled = await withPool(placed, pool, theOnly(candidates, '--address-pool'), context);
    placed = pooled.request;
    notes.push(...pooled.notes);
  }
  if (staticIp !== undefined) {
    const { what, reason } = theOnly(candidates, '--static-ip');
    const how = what.staticIp;
    if (!how) {
      throw new UsageError('not-supported-by-platform', `--static-ip is not supported for ${what.title}`, [
        advice('add its annotation by --annotation KEY=VALUE'),
      ]);
    }
    const key = 'annotation' in how ? annotationOf(how, staticIp, what, services) : undefined;
    placed = key
      ? { ...placed, annotations: withAnnotations(placed, { [key]: staticIp }, '--static-ip') }
      : { ...placed, loadBalancerIP: staticIp };
    const written = key ? `${key}=${staticIp}` : 'spec.loadBalancerIP';
    notes.push(`static IP ${staticIp}: ${written} (${what.title}; ${reason})`);
  }
  if (noNodePorts) {
    const { what } = theOnly(candidates, '--no-node-ports');
    if (!what.supportsNoNodePorts) {
      throw new UsageError('not-supported-by-platform', `--no-node-ports is not known to work with ${what.title}`, [
        advice('leave --no-node-ports out'),
      ]);
    }
    if (live && live.spec?.allocateLoadBalancerNodePorts !== false) {
      throw new UsageError(
        'immutable-node-ports',
        `Service ${live.metadata?.name} has nodePorts, and Kubernetes does not remove them`,
        replaceLoadBalancer(request.skyCluster),
      );
    }
    placed = { ...placed, allocateNodePorts: false };
  }
  return { request: placed, notes };
}

/**
 * The annotation that requests a static IP.
 *
 * @throws UsageError for an IPv6 address, if the load balancer does not support it
 */
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
      `--static-ip ${staticIp}: ${loadBalancer.title} only accepts requests for IPv4 addresses (${annotation})`,
      [advice('name an IPv4 address, or leave --static-ip out')],
    );
  }
  return annotationKey(loadBalancer, (isIpv6 && ipv6) || annotation, services);
}

/**
 * The load balancer that gives the address.
 *
 * @throws UsageError if it was not detected, or if there are several candidates
 */
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

/**
 * Requests an address from a pool for a Service (`--address-pool`).
 *
 * @throws UsageError if the load balancer has no pools, or if no pool with this name can serve the Service
 */
async function withPool(
  request: ExposeRequest,
  pool: string,
  { what, reason }: Detected<LoadBalancer>,
  { services, forSkyPilot, connection }: LoadBalancerContext,
): Promise<Adjusted> {
  const { pools, title, alternative = 'leave --address-pool out' } = what;
  const told = `(${title}; ${reason})`;
  if (!pools)
    throw new UsageError('not-supported-by-platform', `${title} cannot select a pool by name`, [advice(alternative)]);
  if (pools.by === 'annotation') {
    await refuseUnknown(pool, connection);
    const key = annotationKey(what, pools.annotation, services);
    const annotations = withAnnotations(request, { [key]: pool }, '--address-pool');
    return { request: { ...request, annotations }, notes: [`address pool ${pool}: ${key}=${pool} ${told}`] };
  }
  if (pools.by === 'namespace') {
    const ranges = await rangesOfNamespace(pool, request.skyCluster.namespace, title, connection);
    return {
      request,
      notes: [`address pool ${pool}: nothing to write, it is the pool of this namespace, ${ranges} ${told}`],
    };
  }
  const { added, others } = await labelsOf(request, pool, forSkyPilot, connection);
  const labels = withAdded(request.labels, added, '--address-pool', '--label');
  const written = Object.entries(added).map(([key, value]) => `label ${key}=${value}`);
  const also = others.length > 0 ? `; ${others.join(', ')} may give the address, too` : '';
  const note = `address pool ${pool}: ${written.join(', ') || 'nothing to write, the pool already selects this Service'}${also} ${told}`;
  return { request: { ...request, labels }, notes: [note] };
}

/** Refuses a pool that does not exist. If the user cannot list pools, every name is accepted. */
async function refuseUnknown(pool: string, connection: Connection): Promise<void> {
  const pools = await observe(connection, 'addressPools', { path: collectionPath('IPAddressPool', null) });
  if (pools.observed)
    named(
      pool,
      pools.items,
      'IPAddressPool',
      existing(pools.items, ({ spec }) => (spec?.addresses ?? []).join(', ')),
    );
}

/** The labels of SkyPilot's own load balancers (sky/templates/kubernetes-loadbalancer.yml.j2). */
const skyPilotsLabels = { parent: 'skypilot' };

/**
 * The labels with which Cilium's pool selects the Service. The result also names other pools that select these labels.
 */
async function labelsOf(request: ExposeRequest, pool: string, forSkyPilot: boolean, connection: Connection) {
  const seen = await observe(connection, 'ciliumPools', ciliumPoolsRequest);
  if (!seen.observed) {
    const fact = `--address-pool ${pool}: ${unseenWords('ciliumPools', seen, null)}, so the labels that the pool requires are unknown`;
    const byHand = advice('or label the Service by hand: add --label KEY=VALUE');
    throw unseenError(fact, seen, [...unseenCures('ciliumPools', seen, null), byHand]);
  }
  const shows = existing(seen.items, rangesOfCiliumPool);
  const found: CiliumPool = named(pool, seen.items, 'CiliumLoadBalancerIPPool', shows);
  const { namespace, nameOnCloud } = request.skyCluster;
  const own = forSkyPilot ? skyPilotsLabels : ownMetadata(request.skyCluster).labels;
  const name = forSkyPilot ? loadBalancerName(nameOnCloud) : ownLoadBalancerName(nameOnCloud);
  const service = { metadata: { name, namespace, labels: own } };
  const trouble = poolTrouble(found);
  if (trouble) {
    throw new UsageError('pool-gives-nothing', `--address-pool ${pool}: that pool ${trouble}, and gives no addresses`, [
      shows,
    ]);
  }
  const needed = labelsForPool(found, service);
  if (!needed) {
    throw new UsageError(
      'pool-refuses-service',
      `--address-pool ${pool}: that pool ${poolRefusal(found, service)}, which no label can give Service ${service.metadata.name}`,
      [advice('widen its serviceSelector, or choose another pool')],
    );
  }
  const then = { metadata: { ...service.metadata, labels: { ...own, ...request.labels.set, ...needed } } };
  const others = (seen.items as readonly CiliumPool[])
    .filter((each) => each !== found && !poolRefusal(each, then))
    .map(({ metadata }) => `pool ${metadata?.name}`);
  const added = Object.entries(needed).filter(([key, value]) => request.labels.set[key] !== value);
  return { added: Object.fromEntries(added), others };
}

/**
 * The ranges of a pool of kube-vip-cloud-provider. A namespace has its own pool, or uses the global one.
 *
 * @throws UsageError if this namespace gets no addresses from the pool; UnseenError if the pools were not seen
 */
async function rangesOfNamespace(pool: string, namespace: string, title: string, connection: Connection) {
  const path = objectPath('ConfigMap', 'kube-system', 'kubevip');
  const seen = await observing(async () => {
    const items = [await connection.api.get<{ data?: Readonly<Record<string, string>> }>(path)];
    return { items, resourceVersion: '', cutOff: false };
  });
  const cures = [advice('add --static-ip IP to ask for an address')];
  if (!seen.observed) {
    if (seen.reason !== 'not-served') {
      throw unseenError(`--address-pool ${pool}: the pools of ${title} were not seen (${seen.message})`, seen, cures);
    }
    throw new UsageError(
      'unknown-address-pool',
      `--address-pool ${pool}: ConfigMap kube-system/kubevip with the pools of ${title} does not exist`,
      cures,
    );
  }
  const { own, all } = kubeVipPools(seen.items[0]?.data ?? {}, namespace);
  const names = [...new Set(all.map(({ name }) => name))];
  named(
    pool,
    names.map((name) => ({ metadata: { name } })),
    `pool of ${title}`,
    advice(
      names.length > 0
        ? `--address-pool takes one of ${names.join(', ')}`
        : 'there are no pools: leave --address-pool out',
    ),
  );
  if (own && pool === own.name) return own.addresses;
  const { addresses } = all.find(({ name }) => name === pool)!;
  throw new UsageError(
    'pool-of-other-namespace',
    `${title} chooses the pool by the namespace, and Services of ${namespace} get addresses of ${own ? `pool ${own.name}, ${own.addresses}` : 'none'}`,
    [advice(`add --static-ip IP to ask for one of ${addresses}`)],
  );
}

/** A cure that lists the existing pools with their ranges. */
function existing<T extends WithMetadata>(pools: readonly T[], rangesOf: (pool: T) => string): Cure {
  const names = pools.map((each) => `${each.metadata?.name} (${rangesOf(each)})`);
  return advice(names.length > 0 ? `these exist: ${listed(names)}` : 'there are no pools: leave --address-pool out');
}

/**
 * The item with a name.
 *
 * @throws UsageError if there is no such item
 */
function named<T extends WithMetadata>(name: string, items: readonly object[], kind: string, otherwise: Cure): T {
  const found = (items as readonly T[]).find(({ metadata }) => metadata?.name === name);
  if (found) return found;
  const nearest = nearestOf(
    name,
    (items as readonly T[]).map(({ metadata }) => metadata?.name ?? ''),
  );
  throw new UsageError('unknown-address-pool', `--address-pool ${name}: there is no such ${kind}`, [
    nearest ? advice(`did you mean --address-pool ${nearest}?`) : otherwise,
  ]);
}

/** A pool of kube-vip-cloud-provider. */
interface KubeVipPool {
  /** The namespace of the pool, or `global`: the key in ConfigMap kube-system/kubevip without `cidr-` or `range-`. */
  readonly name: string;
  readonly addresses: string;
}

/**
 * The pool of a namespace, and all pools. Even the global CIDR is used before the namespace's own range, because a CIDR
 * is always used before a range.
 *
 * @param data the data of the ConfigMap: `cidr-NAMESPACE`, `cidr-global`, `range-NAMESPACE`, `range-global`
 * (https://github.com/kube-vip/kube-vip-cloud-provider, pkg/provider/loadBalancer.go: discoverPool)
 */
export function kubeVipPools(
  data: Readonly<Record<string, string>>,
  namespace: string,
): { readonly own: KubeVipPool | undefined; readonly all: readonly KubeVipPool[] } {
  const all = Object.entries(data).flatMap(([key, addresses]) => {
    const name = /^(?:cidr|range)-(.+)$/.exec(key)?.[1];
    return name ? [{ name, addresses }] : [];
  });
  const order = ['cidr', 'range'].flatMap((kind) =>
    [namespace, 'global'].map((name) => ({ key: `${kind}-${name}`, name })),
  );
  const first = order.find(({ key }) => data[key] !== undefined);
  return { own: first && { name: first.name, addresses: data[first.key]! }, all };
}
