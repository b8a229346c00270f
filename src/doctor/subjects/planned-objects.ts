import { UsageError } from '../../errors/usage-error.ts';
import type { ExposeRequest } from '../../exposure/plan/expose-request.ts';
import { noChanges } from '../../exposure/plan/manifest.ts';
import type { PortMapping } from '../../exposure/port-mapping.ts';
import type { ExposeMode } from '../../exposure/port-mode-names.ts';
import { countsOfWrite, sumOfCounts } from '../../exposure/quotas.ts';
import { indexSnapshot, type SnapshotIndex } from '../../exposure/snapshot-index.ts';
import { allModes, writtenModeOf } from '../../modes/all-modes.ts';
import { planExpose } from '../../modes/plan-expose.ts';
import type { SkyCluster } from '../../skypilot/sky-cluster.ts';
import type { DryRun, QuotaCounts } from '../../snapshot/dry-run.ts';
import type { PlannedWrite } from '../../snapshot/plan.ts';
import { type Snapshot, snapshotOf } from '../../snapshot/snapshot.ts';
import { itemsOf, type Observation } from '../../snapshot/topics.ts';
import { type CheckContext, endpointsOf, type PlannedObjects, type Subject } from '../check-context.ts';

/**
 * The name of the stand-in, an invented SkyPilot cluster. The stand-in is used if the user names no SkyPilot cluster.
 * Its objects are only used in dry runs and are never written.
 */
export const standInName = 'skyports-check';

/** The port of the stand-in. No app listens on it. */
const standInPorts: readonly PortMapping[] = [{ servicePort: 8888, targetPort: 8888 }];

/**
 * The objects that `expose` would write for the checked SkyPilot cluster and ports. If the user named no SkyPilot
 * cluster, they are the objects of a stand-in with one port. SkyPilot's own objects and optional objects are left out.
 * Empty if the ports are already open.
 * @param namespace the namespace of a stand-in
 * @throws UsageError if `expose` would refuse the request; Failure if the live objects were not seen
 */
export function plannedWrites(view: SnapshotIndex, subject: Subject, namespace: string): PlannedWrite[] {
  const mode = subject.mode && writtenModeOf(subject.mode);
  if (!mode) return [];
  const skyCluster = subjectCluster(view, subject) ?? standInOf(namespace);
  const request: ExposeRequest = {
    ...{ skyCluster, mode: mode.name, ports: portsOf(view, subject) },
    ...{ annotations: noChanges, labels: noChanges, allNodes: undefined, loadBalancerClass: undefined },
    ...{ sourceRanges: undefined, ingressClass: undefined, path: undefined, rewrite: undefined },
    ...{ host: undefined, tlsSecret: undefined, allowReserved: true, besideSkyPilot: false, force: true },
  };
  // With `force`, the plan ignores faults of the IngressClass, its controller and the Pods. Other checks judge these
  // faults.
  const { writes } = planExpose(view, request);
  return writes.filter(({ effect, optional }) => effect !== 'unchanged' && optional === undefined);
}

/**
 * The namespaces of the objects that would be written, and how much the objects would use of quotas. The objects are
 * those of the dry runs in the snapshot. Without dry runs, the objects are planned here.
 * @param chosen the namespace of the kubeconfig's context; undefined for a file
 */
export function plannedObjects(view: SnapshotIndex, subject: Subject, chosen: string | undefined): PlannedObjects {
  const { snapshot } = view;
  const ofMode = itemsOf(snapshot.topics.dryRuns).filter(({ mode }) => mode === subject.mode);
  const place = subject.skyCluster?.namespace || (snapshot.namespace ?? chosen);
  const namespaces = place ? [place] : likelyNamespaces(view, ofMode);
  const tried = ofMode.filter(({ namespace }) => namespaces.includes(namespace));
  if (tried.length > 0) return { namespaces, counts: sumOfCounts(tried.map(({ counts }) => counts)) };
  try {
    const writes = plannedWrites(view, subject, namespaces[0] ?? 'default');
    return { namespaces, counts: sumOfCounts(writes.map((write) => countsOfWrite(view, write))) };
  } catch (error) {
    if (!(error instanceof UsageError) && snapshot.topics.services.observed && snapshot.topics.ingresses.observed)
      throw error;
    return { namespaces, counts: countsOfStandIn(subject.mode) };
  }
}

const none: Observation<never> = { observed: true, items: [], resourceVersion: '', cutOff: false };

/** How much one port of a new SkyPilot cluster would use of quotas. */
export function countsOfStandIn(mode: ExposeMode | undefined): QuotaCounts {
  const topics: Partial<Snapshot['topics']> = { pods: none, services: none, ingresses: none, ingressClasses: none };
  const view = indexSnapshot(snapshotOf({ context: '', namespace: 'default', takenAt: '' }, topics));
  const writes = plannedWrites(view, { skyCluster: undefined, ports: undefined, mode }, 'default');
  return sumOfCounts(writes.map((write) => countsOfWrite(view, write)));
}

/**
 * The likely namespaces of the objects, if a file contains all namespaces. These are the namespaces with dry runs.
 * Without dry runs, they are the namespaces with reviewed permissions. Without reviews, they are the namespaces of
 * SkyPilot clusters.
 */
function likelyNamespaces(
  { snapshot: { topics }, skyClusters }: SnapshotIndex,
  tried: readonly { readonly namespace: string }[],
): string[] {
  if (tried.length > 0) return [...new Set(tried.map(({ namespace }) => namespace))];
  const reviewed = itemsOf(topics.accessReviews).flatMap(({ spec: { resourceAttributes: asked } }) =>
    asked?.verb === 'create' && asked.resource === 'services' && asked.namespace ? [asked.namespace] : [],
  );
  if (reviewed.length > 0) return [...new Set(reviewed)];
  return [...new Set(skyClusters.filter(({ pods }) => pods.length > 0).map(({ namespace }) => namespace))];
}

function subjectCluster(view: SnapshotIndex, { skyCluster: named }: Subject): SkyCluster | undefined {
  if (!named) return undefined;
  return view.skyClusterNamed(named.namespace, named.nameOnCloud) ?? { ...named, pods: [] };
}

function standInOf(namespace: string): SkyCluster {
  return { displayName: standInName, nameOnCloud: standInName, namespace, pods: [] };
}

/**
 * The ports that the user named. If the user named no port, all open ports of the SkyPilot cluster, in any mode. If no
 * port is open, the port of the stand-in.
 */
function portsOf(view: SnapshotIndex, { skyCluster, ports }: Subject): readonly PortMapping[] {
  if (!skyCluster) return standInPorts;
  const rows = endpointsOf({ view, subject: { skyCluster, ports, mode: undefined } });
  const open = rows.filter(({ mode, targetPort }) => allModes[mode].recordsPorts && typeof targetPort === 'number');
  const mappings = new Map(open.map(({ port, targetPort }) => [port, targetPort as number]));
  const wanted = ports ?? [...mappings.keys()];
  if (wanted.length === 0) return standInPorts;
  const sorted = [...wanted].sort((a, b) => a - b);
  return sorted.map((port) => ({ servicePort: port, targetPort: mappings.get(port) ?? port }));
}

/** The objects that would be written. If they are not known, the objects of a stand-in are used. */
export function plannedOf({
  namespace,
  subject: { planned, mode },
}: Pick<CheckContext, 'namespace' | 'subject'>): PlannedObjects {
  return planned ?? { namespaces: namespace === null ? [] : [namespace], counts: countsOfStandIn(mode) };
}

/** The dry runs of the objects that would be written. */
export function dryRunsOf(
  scene: Pick<CheckContext<never, 'dryRuns'>, 'namespace' | 'subject' | 'perhaps'>,
): readonly DryRun[] {
  const { namespaces } = plannedOf(scene);
  return itemsOf(scene.perhaps.dryRuns).filter(
    ({ mode, namespace }) => mode === scene.subject.mode && (namespaces.length === 0 || namespaces.includes(namespace)),
  );
}
