import type { Service } from 'kubernetes-types/core/v1';
import type { LabelSelector } from 'kubernetes-types/meta/v1';
import { command, cure, part } from '../errors/cure.ts';
import type { WithMetadata } from '../snapshot/object-reference.ts';
import { labelSelectorTakes } from '../snapshot/selector.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import type { CiliumPool } from '../snapshot/topics.ts';
import { ciliumPoolCure } from './cilium-setup.ts';
import type { PendingReason } from './missing-implementation.ts';

type Labels = Readonly<Record<string, string>>;

/**
 * Selectors of pools and policies can use this key and the next key as if they were labels of the Service (Cilium:
 * operator/pkg/lbipam).
 */
export const namespaceKey = 'io.kubernetes.service.namespace';
const nameKey = 'io.kubernetes.service.name';

/** Why a pool gives this Service no address; undefined if the pool may give an address. */
export function poolRefusal(pool: CiliumPool, service: WithMetadata): string | undefined {
  const selector = pool.spec?.serviceSelector;
  const isTaken = labelSelectorTakes(selector, selectableLabelsOf(service));
  return poolTrouble(pool) ?? (isTaken ? undefined : `takes only Services with ${selectorWords(selector)}`);
}

/** Why a pool gives no addresses to any Service; undefined if the pool may give addresses. */
export function poolTrouble({ spec, status }: CiliumPool): string | undefined {
  if (spec?.disabled) return 'is disabled';
  const conflict = status?.conditions?.find((each) => each.type === 'cilium.io/PoolConflict' && each.status === 'True');
  return conflict && 'conflicts with another pool';
}

/**
 * The ranges of a pool, and how many addresses are free (Cilium: operator/pkg/lbipam, condition
 * cilium.io/IPsAvailable).
 */
export function rangesOfCiliumPool({ spec, status }: CiliumPool): string {
  const blocks = (spec?.blocks ?? []).map(({ cidr, start, stop }) => cidr ?? `${start}-${stop}`);
  const left = status?.conditions?.find(({ type }) => type === 'cilium.io/IPsAvailable')?.message;
  return [...blocks, ...(left ? [`${left} left`] : [])].join(', ');
}

/**
 * The labels that a Service has to get before a pool selects it. Undefined if more labels do not help. For example, the
 * pool selects Services by name, or requires another value for a label that the Service already has.
 */
export function labelsForPool({ spec }: CiliumPool, service: WithMetadata): Labels | undefined {
  const { matchLabels = {}, matchExpressions = [] } = spec?.serviceSelector ?? {};
  const present = selectableLabelsOf(service);
  const asked = matchExpressions.flatMap(({ key, operator, values = [] }) => {
    if (operator === 'In' && !values.includes(present[key] ?? '')) return [[key, values[0] ?? ''] as const];
    return operator === 'Exists' && present[key] === undefined ? [[key, 'true'] as const] : [];
  });
  const wanted = { ...matchLabels, ...Object.fromEntries(asked) };
  const added = Object.fromEntries(Object.entries(wanted).filter(([key, value]) => present[key] !== value));
  if (Object.keys(added).some((key) => present[key] !== undefined)) return undefined;
  return labelSelectorTakes(spec?.serviceSelector, { ...present, ...added }) ? added : undefined;
}

/**
 * Why Cilium's pools gave a Service no address. Undefined if the pools were not seen, or if a pool accepts the Service.
 */
export function ciliumPoolsOf(service: Service, { topics: { ciliumPools } }: Snapshot): PendingReason | undefined {
  if (!ciliumPools.observed) return undefined;
  const pools = ciliumPools.items;
  if (pools.length === 0) {
    return {
      cause: 'there is no CiliumLoadBalancerIPPool, so Cilium has nothing to give',
      advice: '',
      steps: [ciliumPoolCure],
      isSure: true,
    };
  }
  const refusals = pools.flatMap((pool) => {
    const why = poolRefusal(pool, service);
    return why ? [`pool ${pool.metadata?.name} ${why}`] : [];
  });
  // A pool that accepts the Service also gives it an address. The exception is a Service that requests a specific
  // address.
  if (refusals.length < pools.length) return undefined;
  const open = pools.find((pool) => !poolTrouble(pool) && labelsForPool(pool, service));
  return {
    cause: refusals.slice(0, 3).join(', '),
    advice: open
      ? `pool ${open.metadata?.name} takes Services with its labels (--address-pool of expose sets them)`
      : 'widen a pool, or its serviceSelector',
    ...(open
      ? { flags: part`--address-pool ${open.metadata?.name ?? ''}` }
      : { look: cure(command`kubectl get ciliumloadbalancerippools -o yaml`, 'shows the pools') }),
    isSure: true,
  };
}

/** The labels that a serviceSelector of Cilium can match: the labels of the Service, its namespace and its name. */
export function selectableLabelsOf({ metadata }: WithMetadata): Labels {
  return { ...metadata?.labels, [namespaceKey]: metadata?.namespace ?? '', [nameKey]: metadata?.name ?? '' };
}

function selectorWords({ matchLabels = {}, matchExpressions = [] }: LabelSelector = {}): string {
  return [
    ...Object.entries(matchLabels).map(([key, value]) => `${key}=${value}`),
    ...matchExpressions.map(({ key, operator, values = [] }) =>
      values.length > 0 ? `${key} ${operator} (${values.join(', ')})` : `${key} ${operator}`,
    ),
  ].join(', ');
}
