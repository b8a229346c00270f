import type { Endpoint } from '../exposure/endpoint.ts';
import { type WrittenMode, writtenModes } from '../exposure/port-mode-names.ts';
import type { SnapshotIndex } from '../exposure/snapshot-index.ts';
import type { ObjectReference } from '../snapshot/object-reference.ts';
import type { Plan } from '../snapshot/plan.ts';
import { allModes } from './all-modes.ts';
import { leftSecretsOf } from './ingress/tls.ts';
import type { CloseRequest } from './port-mode.ts';
import { resolveEndpoints } from './resolve-endpoints.ts';

/** The ports to close. */
export interface UnexposeRequest extends CloseRequest {
  /** The mode in which to close the ports; undefined for all modes. */
  readonly mode: WrittenMode | undefined;
}

/**
 * The changes that `unexpose` would make, and the endpoints that stay because another owner created them, such as
 * SkyPilot.
 */
export interface UnexposePlan extends Plan {
  readonly leftAlone: readonly Endpoint[];
  /** The Secrets that cert-manager wrote for the closed ports, and does not delete. */
  readonly leftSecrets: readonly ObjectReference[];
}

/**
 * Plans an `unexpose`. It changes only objects that this plugin created. If a requested port is not open, there is only
 * a warning, because nothing has to be done.
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
  const changes = {
    writes: plans.flatMap(({ writes }) => writes),
    removals: plans.flatMap(({ removals }) => removals),
  };
  return { ...changes, warnings, leftAlone, leftSecrets: leftSecretsOf(view, changes) };
}
