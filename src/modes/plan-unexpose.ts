import type { Endpoint } from '../exposure/endpoint.ts';
import { type WrittenMode, writtenModes } from '../exposure/port-mode-names.ts';
import type { SnapshotIndex } from '../exposure/snapshot-index.ts';
import type { Plan } from '../snapshot/plan.ts';
import { allModes } from './all-modes.ts';
import type { CloseRequest } from './port-mode.ts';
import { resolveEndpoints } from './resolve-endpoints.ts';

/** The ports to close. */
export interface UnexposeRequest extends CloseRequest {
  /** The mode in which the ports are closed; undefined closes them in all modes. */
  readonly mode: WrittenMode | undefined;
}

/**
 * The changes that `unexpose` would make, and the endpoints that stay because they belong to SkyPilot or another owner.
 */
export interface UnexposePlan extends Plan {
  readonly leftAlone: readonly Endpoint[];
}

/**
 * Plans an `unexpose`. Only objects that this plugin created are changed. A requested port that is not open only causes
 * a warning, since it is already closed.
 */
export function planUnexpose(view: SnapshotIndex, request: UnexposeRequest): UnexposePlan {
  const { skyCluster, ports, mode } = request;
  const plans = (mode ? [mode] : writtenModes).map((name) => allModes[name].close(view, request));
  const rows = resolveEndpoints(view, { skyClusters: [skyCluster], ports, modes: mode && [mode] });
  const leftAlone = rows.filter((row) => row.managedBy !== 'kubectl-skyports' && allModes[row.mode].recordsPorts);
  const open = new Set([...plans.flatMap(({ closed }) => closed), ...leftAlone.map(({ port }) => port)]);
  const missing = ports?.filter((port) => !open.has(port)) ?? [];
  const where = mode ? ` in ${mode} mode` : '';
  const notOpen = missing.length === 1 ? `port ${missing[0]} is not open` : `ports ${missing.join(', ')} are not open`;
  const warnings = missing.length > 0 ? [`${notOpen}${where}`] : [];
  return {
    writes: plans.flatMap(({ writes }) => writes),
    removals: plans.flatMap(({ removals }) => removals),
    warnings,
    leftAlone,
  };
}
