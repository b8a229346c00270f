import type { Endpoint } from '../exposure/endpoint.ts';
import { type WrittenMode, writtenModes } from '../exposure/port-mode-names.ts';
import type { SnapshotIndex } from '../exposure/snapshot-index.ts';
import type { Plan } from '../snapshot/plan.ts';
import { allModes } from './all-modes.ts';
import type { CloseRequest } from './port-mode.ts';
import { resolveEndpoints } from './resolve-endpoints.ts';

/** What is to be closed. */
export interface UnexposeRequest extends CloseRequest {
  /** Undefined closes ports of all modes. */
  readonly mode: WrittenMode | undefined;
}

/** What `unexpose` would do, and what of it belongs to SkyPilot or to somebody else and stays. */
export interface UnexposePlan extends Plan {
  readonly leftAlone: readonly Endpoint[];
}

/** Plans an `unexpose`: only objects of ours are touched. A port that nothing has opened is a warning: it is as it should be. */
export function planUnexpose(view: SnapshotIndex, request: UnexposeRequest): UnexposePlan {
  const { skyCluster, ports, mode } = request;
  const plans = (mode ? [mode] : writtenModes).map((name) => allModes[name].close(view, request));
  const rows = resolveEndpoints(view, { skyClusters: [skyCluster], ports, modes: mode && [mode] });
  const leftAlone = rows.filter((row) => row.managedBy !== 'kubectl-skyports' && allModes[row.mode].recordsPorts);
  const open = new Set([...plans.flatMap(({ closed }) => closed), ...leftAlone.map(({ port }) => port)]);
  const missing = ports?.filter((port) => !open.has(port)) ?? [];
  const warnings =
    missing.length > 0 ? [`port ${missing.join(', ')} is closed already${mode ? ` in ${mode} mode` : ''}`] : [];
  return {
    writes: plans.flatMap(({ writes }) => writes),
    removals: plans.flatMap(({ removals }) => removals),
    warnings,
    leftAlone,
  };
}
