import type { Service } from 'kubernetes-types/core/v1';
import { countedResources, type QuotaCounts } from '../snapshot/dry-run.ts';
import { keyOf } from '../snapshot/object-reference.ts';
import type { Manifest, PlannedWrite } from '../snapshot/plan.ts';
import { itemsOf, type QuotaAmounts, type ResourceQuota } from '../snapshot/topics.ts';
import type { SnapshotIndex } from './snapshot-index.ts';

/**
 * The counts that a Service or an Ingress adds to quotas. For a Service of type LoadBalancer, each port counts as a
 * nodePort, unless the Service has no nodePorts (Kubernetes pkg/quota/v1/evaluator/core/services.go, Usage).
 */
export function countsOf(object: Manifest | undefined): QuotaCounts {
  if (object?.kind === 'Ingress') return { 'count/ingresses.networking.k8s.io': 1 };
  if (object?.kind !== 'Service') return {};
  const { type, ports = [], allocateLoadBalancerNodePorts } = (object as Service).spec ?? {};
  const isLoadBalancer = type === 'LoadBalancer';
  const counted =
    isLoadBalancer && allocateLoadBalancerNodePorts === false ? ports.filter(({ nodePort }) => nodePort) : ports;
  const nodePorts = isLoadBalancer || type === 'NodePort' ? counted.length : 0;
  return {
    ...{ services: 1, 'count/services': 1 },
    ...(isLoadBalancer && { 'services.loadbalancers': 1 }),
    ...(nodePorts > 0 && { 'services.nodeports': nodePorts }),
  };
}

/** How much a write adds to the counts of quotas, compared with the live object; never negative. */
export function countsOfWrite({ services, snapshot }: SnapshotIndex, { kind, manifest }: PlannedWrite): QuotaCounts {
  const key = keyOf(manifest);
  const live =
    kind === 'Service' ? services.get(key) : itemsOf(snapshot.topics.ingresses).find((each) => keyOf(each) === key);
  const before = countsOf(live && { ...live, kind });
  const after = countsOf(manifest);
  return countsFor((resource) => Math.max(0, (after[resource] ?? 0) - (before[resource] ?? 0)));
}

/**
 * The sum of several counts. A dry run cannot check this sum: it stores nothing, so each object is checked without the
 * others.
 */
export function sumOfCounts(all: readonly QuotaCounts[]): QuotaCounts {
  return countsFor((resource) => all.reduce((sum, counts) => sum + (counts[resource] ?? 0), 0));
}

function countsFor(countOf: (resource: keyof QuotaCounts) => number): QuotaCounts {
  const counts = countedResources.map((resource) => [resource, countOf(resource)] as const);
  return Object.fromEntries(counts.filter(([, count]) => count > 0));
}

/**
 * Whether no resource is counted for two of the objects. Then dry runs of single objects are enough to check the
 * quotas.
 */
export function isCountedAtOnce(all: readonly QuotaCounts[]): boolean {
  return countedResources.every((resource) => all.filter((counts) => counts[resource]).length <= 1);
}

/** A resource whose quota does not have enough left for a request. */
export interface Shortage {
  readonly resource: keyof QuotaCounts;
  readonly requested: number;
  readonly used: number;
  readonly limit: number;
}

/** A quota that does not have enough left for a request. */
export interface ExceededQuota {
  readonly quota: ResourceQuota;
  /** The resources that the request would exceed; not empty. */
  readonly shortages: readonly Shortage[];
}

/**
 * The quotas of a namespace that these counts would exceed. As in the API server, the limits are in the status. If the
 * status has none, they are in the spec. A quota with scopes does not count Services.
 *
 * @param namespace undefined for the quotas of all namespaces
 */
export function exceededQuotas(
  quotas: readonly ResourceQuota[],
  namespace: string | undefined,
  requested: QuotaCounts,
): ExceededQuota[] {
  return quotas.flatMap((quota) => {
    const { metadata, spec, status } = quota;
    if (namespace !== undefined && metadata?.namespace !== namespace) return [];
    if ((spec?.scopes ?? []).length > 0 || spec?.scopeSelector !== undefined) return [];
    const shortages = countedResources.flatMap((resource): Shortage[] => {
      const wanted = requested[resource] ?? 0;
      const limit = amountIn(status?.hard ?? spec?.hard, resource);
      if (wanted === 0 || limit === undefined) return [];
      const used = amountIn(status?.used, resource) ?? 0;
      return used + wanted > limit ? [{ resource, requested: wanted, used, limit }] : [];
    });
    return shortages.length > 0 ? [{ quota, shortages }] : [];
  });
}

/**
 * A text such as `services.loadbalancers: 1 of 1 used`. It also contains the requested number if this is more than 1.
 */
export function shortageText({ resource, requested, used, limit }: Shortage): string {
  const more = requested > 1 ? `, ${requested} more requested` : '';
  return `${resource}: ${used} of ${limit} used${more}`;
}

/** The factors of the suffixes of a quantity (apimachinery pkg/api/resource). */
const suffixes: Readonly<Record<string, number>> = {
  ...{ '': 1, m: 1e-3, k: 1e3, M: 1e6, G: 1e9, T: 1e12, Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30, Ti: 2 ** 40 },
};

/** The amount of a resource; undefined if the quota does not limit the resource, or the amount cannot be parsed. */
function amountIn(amounts: QuotaAmounts | undefined, resource: keyof QuotaCounts): number | undefined {
  const amount = amounts?.[resource];
  if (amount === undefined) return undefined;
  const [, digits, suffix = ''] = /^([+-]?[\d.]+(?:[eE][+-]?\d+)?)([a-zA-Z]*)$/.exec(String(amount)) ?? [];
  const factor = suffixes[suffix];
  const value = Number(digits);
  return factor === undefined || digits === undefined || Number.isNaN(value) ? undefined : value * factor;
}
