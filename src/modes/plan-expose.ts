import type { Service } from 'kubernetes-types/core/v1';
import type { Endpoint } from '../exposure/endpoint.ts';
import type { ExposeRequest } from '../exposure/plan/expose-request.ts';
import type { PortMapping } from '../exposure/port-mapping.ts';
import type { SnapshotIndex } from '../exposure/snapshot-index.ts';
import { keyOf } from '../snapshot/object-reference.ts';
import type { Plan, PlannedWrite } from '../snapshot/plan.ts';
import { unseenTopicError } from '../snapshot/unseen-words.ts';
import { writtenModeOf } from './all-modes.ts';
import { judgeBackends } from './check-request.ts';
import type { ModePlan, WrittenPortMode } from './port-mode.ts';
import { resolveEndpoints } from './resolve-endpoints.ts';

/**
 * The objects that `expose` would write, and the endpoints of ports that it skips because SkyPilot has already opened
 * them.
 */
export interface ExposePlan extends Plan, Pick<ModePlan, 'closedFirst' | 'withoutPassword'> {
  readonly alreadyOpen: readonly Endpoint[];
}

/**
 * Plans the writes of an `expose` from the live objects.
 *
 * @throws UsageError for a refused request; Failure if the live objects were not seen
 */
export function planExpose(
  view: SnapshotIndex,
  request: ExposeRequest,
  alreadyOpen: readonly Endpoint[] = openedBySkyPilot(view, request),
): ExposePlan {
  const ports = portsToOpen(alreadyOpen, request);
  const warnings = judgeBackends(view, request);
  const mode = writtenModeOf(request.mode);
  if (mode) refuseBlindWrites(view, request, mode.topics);
  if (!mode || ports.length === 0) return { writes: [], removals: [], warnings, alreadyOpen };
  const planned = mode.plan(view, { ...request, ports });
  const remapped = targetPortChanges(view, planned.writes);
  return { ...planned, warnings: [...warnings, ...planned.warnings, ...remapped], alreadyOpen };
}

/**
 * Refuses to write if the live objects were not seen. Server-side apply removes every field that the manifest does not
 * repeat.
 *
 * @throws Failure
 */
function refuseBlindWrites(
  { snapshot }: SnapshotIndex,
  { skyCluster: { namespace } }: ExposeRequest,
  topics: WrittenPortMode['topics'],
): void {
  for (const topic of topics) {
    const observation = snapshot.topics[topic];
    if (observation.observed) continue;
    throw unseenTopicError(topic, observation, namespace, 'so ports that are already open could be lost');
  }
}

/**
 * The endpoints of requested ports that SkyPilot has already opened in the same mode. Another object would only add a
 * second address.
 */
export function openedBySkyPilot(
  view: SnapshotIndex,
  { skyCluster, mode, ports, besideSkyPilot }: ExposeRequest,
): Endpoint[] {
  if (besideSkyPilot || !writtenModeOf(mode)) return [];
  const wanted = new Map(ports.map(({ servicePort, targetPort }) => [servicePort, targetPort]));
  return resolveEndpoints(view, { skyClusters: [skyCluster], modes: [mode], ports: [...wanted.keys()] }).filter(
    ({ managedBy, port, targetPort, state }) =>
      managedBy === 'skypilot' && wanted.get(port) === targetPort && state !== 'Broken',
  );
}

/** The requested ports that are not open yet. */
export function portsToOpen(alreadyOpen: readonly Endpoint[], { ports }: Pick<ExposeRequest, 'ports'>): PortMapping[] {
  const taken = new Set(alreadyOpen.map(({ port }) => port));
  return ports.filter(({ servicePort }) => !taken.has(servicePort));
}

/**
 * One line for each open Service port that gets another target port. Callers of this Service port then reach another
 * app.
 */
function targetPortChanges(view: SnapshotIndex, writes: readonly PlannedWrite[]): string[] {
  return writes.flatMap(({ manifest }) => {
    const live = view.services.get(keyOf(manifest));
    if (manifest.kind !== 'Service' || !live) return [];
    const before = new Map((live.spec?.ports ?? []).map(({ port, targetPort = port }) => [port, targetPort]));
    return ((manifest as Service).spec?.ports ?? []).flatMap(({ port, targetPort = port }) => {
      const earlier = before.get(port) ?? targetPort;
      if (earlier === targetPort) return [];
      return `port ${port} of Service ${manifest.metadata?.name} led to Pod port ${earlier} and now leads to ${targetPort}`;
    });
  });
}
