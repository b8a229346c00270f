import type { Service } from 'kubernetes-types/core/v1';
import { closingTimesOf, isOverdue } from '../exposure/closing-time.ts';
import { isOurs } from '../exposure/ownership.ts';
import type { WrittenMode } from '../exposure/port-mode-names.ts';
import { nameOnCloudOf, type SnapshotIndex } from '../exposure/snapshot-index.ts';
import type { SkyCluster } from '../skypilot/sky-cluster.ts';
import type { Plan } from '../snapshot/plan.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import { itemsOf } from '../snapshot/topics.ts';
import { allModes, modeOfServiceType } from './all-modes.ts';

/**
 * A port that `expose --for` opened but did not close in time, because the command was killed or could not reach the
 * cluster.
 */
export interface OverduePort {
  readonly skyCluster: SkyCluster;
  readonly mode: WrittenMode;
  readonly port: number;
  /** The planned closing time, in ISO 8601. */
  readonly closesAt: string;
  readonly service: Service;
}

/** The ports whose closing time is over. Services that are being deleted are left out. */
export function overduePortsOf(view: SnapshotIndex): OverduePort[] {
  return itemsOf(view.snapshot.topics.services).flatMap((service) => {
    const { metadata, spec } = service;
    const nameOnCloud = isOurs(metadata) && !metadata?.deletionTimestamp ? nameOnCloudOf(service) : undefined;
    const mode = modeOfServiceType(spec?.type);
    const skyCluster = nameOnCloud && view.skyClusterNamed(metadata?.namespace ?? '', nameOnCloud);
    if (!skyCluster || !mode) return [];
    return closingTimesOf(service)
      .filter(({ closesAt }) => isOverdue(closesAt, view.snapshot.takenAt))
      .map(({ port, closesAt }) => ({ skyCluster, mode, port, closesAt, service }));
  });
}

/**
 * Of these ports, those that can be closed because all their objects were seen. For example, a path must be removed
 * before its Service, because a path without its Service answers 503.
 */
export function closableIn(overdue: readonly OverduePort[], { topics }: Snapshot): OverduePort[] {
  return overdue.filter(({ mode }) => allModes[mode].topics.every((topic) => topics[topic].observed));
}

/** The changes that close the ports. */
export function planClosing(view: SnapshotIndex, overdue: readonly OverduePort[]): Plan {
  const plans = groupsOf(overdue).map((group) => {
    const { skyCluster, mode } = group[0]!;
    return allModes[mode].close(view, { skyCluster, ports: group.map(({ port }) => port) });
  });
  return {
    writes: plans.flatMap(({ writes }) => writes),
    removals: plans.flatMap(({ removals }) => removals),
    warnings: [],
  };
}

/** Groups ports by SkyPilot cluster and mode. */
export function groupsOf(overdue: readonly OverduePort[]): OverduePort[][] {
  const keyed = Map.groupBy(overdue, ({ skyCluster: { namespace, nameOnCloud }, mode }) =>
    [namespace, nameOnCloud, mode].join(' '),
  );
  return [...keyed.values()];
}
