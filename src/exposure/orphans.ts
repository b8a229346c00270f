import type { Service } from 'kubernetes-types/core/v1';
import type { Ingress } from 'kubernetes-types/networking/v1';
import { clusterNameLabel, isInternalServiceName, parseIngressName, parseServiceName } from '../skypilot/names.ts';
import { type ObjectReference, referenceTo, type WithMetadata } from '../snapshot/object-reference.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import { itemsOf, type Topic } from '../snapshot/topics.ts';
import { isOurs, nameOnCloudOfOurs } from './ownership.ts';

/**
 * The minimum age of an orphan, in seconds. Younger objects stay, for two reasons: a high-availability controller has
 * no Pods for a while when it restarts, and a remote SkyPilot API server may clean up late.
 */
const orphanAfterSeconds = 600;

/** An object that opens ports for a SkyPilot cluster which no longer exists. */
export interface Orphan {
  readonly kind: 'Service' | 'Ingress';
  readonly object: WithMetadata;
  readonly reference: ObjectReference;
  readonly nameOnCloud: string;
  readonly managedBy: 'kubectl-skyports' | 'skypilot';
}

/** The objects whose SkyPilot cluster was deleted. */
export interface Orphans {
  /**
   * Objects that are old enough to be deleted. Ingresses are first, because an Ingress without its Services answers
   * 503.
   */
  readonly orphans: readonly Orphan[];
  /** Objects of deleted clusters that are younger than ten minutes. They stay for now. */
  readonly young: readonly Orphan[];
}

/** The topics that show whether a cluster is deleted. Both must be seen. */
export const orphanTopics = ['pods', 'deployments'] as const satisfies readonly Topic[];

/**
 * Finds the objects of this plugin and of SkyPilot whose cluster has neither Pods nor Deployments. Both lists are empty
 * if Pods or Deployments were not seen. Objects that are being deleted are left out.
 */
export function orphansIn(snapshot: Pick<Snapshot, 'topics' | 'takenAt'>): Orphans {
  const { topics } = snapshot;
  return orphanTopics.every((topic) => topics[topic].observed) ? withoutCluster(snapshot) : { orphans: [], young: [] };
}

/** Whether any object belongs to a SkyPilot cluster without Pods. Only then are the Deployments needed. */
export function outlivesItsPods(snapshot: Pick<Snapshot, 'topics' | 'takenAt'>): boolean {
  return snapshot.topics.pods.observed && withoutCluster(snapshot).orphans.length > 0;
}

function withoutCluster({ topics, takenAt }: Pick<Snapshot, 'topics' | 'takenAt'>): Orphans {
  const alive = new Set(
    [...itemsOf(topics.pods), ...itemsOf(topics.deployments)].map(
      ({ metadata }) => `${metadata?.namespace}/${metadata?.labels?.[clusterNameLabel]}`,
    ),
  );
  const left = [
    ...itemsOf(topics.ingresses).flatMap((ingress) => leftOver('Ingress', ingress, ownerOfIngress(ingress))),
    ...itemsOf(topics.services).flatMap((service) => leftOver('Service', service, ownerOfService(service))),
  ].filter(({ reference, nameOnCloud }) => !alive.has(`${reference.namespace}/${nameOnCloud}`));
  const isOld = ({ object }: Orphan) => ageOf(object, takenAt) >= orphanAfterSeconds;
  return { orphans: left.filter(isOld), young: left.filter((each) => !isOld(each)) };
}

type Owned = Pick<Orphan, 'managedBy' | 'nameOnCloud'>;

function leftOver(kind: Orphan['kind'], object: WithMetadata, owned: Owned | undefined): Orphan[] {
  if (!owned || object.metadata?.deletionTimestamp) return [];
  return [{ kind, object, reference: referenceTo(kind, object), ...owned }];
}

/**
 * The age of an object in seconds. If it is unknown, it counts as 0. Only old objects are deleted, so this object
 * stays.
 */
function ageOf({ metadata }: WithMetadata, now: string): number {
  const seconds = (Date.parse(now) - Date.parse(metadata?.creationTimestamp ?? '')) / 1000;
  return Number.isNaN(seconds) ? 0 : seconds;
}

function ours({ metadata }: WithMetadata): Owned | undefined {
  const nameOnCloud = isOurs(metadata) ? nameOnCloudOfOurs(metadata?.name ?? '') : undefined;
  return nameOnCloud === undefined ? undefined : { managedBy: 'kubectl-skyports', nameOnCloud };
}

/**
 * Who created a Service, and for which SkyPilot cluster. The name of the Service alone is not enough. All Services of
 * SkyPilot have the label `parent: skypilot`. A port Service also selects the cluster that its name contains, by the
 * label `skypilot-cluster-name` (before 0.11, `skypilot-cluster`). The Services of the head and the workers have the
 * cluster as a label.
 */
function ownerOfService(service: Service): Owned | undefined {
  const own = ours(service);
  if (own || isOurs(service.metadata)) return own;
  const { name = '', labels } = service.metadata ?? {};
  if (labels?.parent !== 'skypilot') return undefined;
  const selector = service.spec?.selector ?? {};
  const opens = parseServiceName(name)?.nameOnCloud;
  const selected = selector[clusterNameLabel] ?? selector['skypilot-cluster'];
  if (opens !== undefined) return opens === selected ? { managedBy: 'skypilot', nameOnCloud: opens } : undefined;
  const labelled = labels[clusterNameLabel];
  return labelled && isInternalServiceName(name, labelled)
    ? { managedBy: 'skypilot', nameOnCloud: labelled }
    : undefined;
}

/**
 * Who created an Ingress, and for which SkyPilot cluster. SkyPilot's Ingress has no label, but its name contains the
 * cluster. Each of its paths must lead to a per-port Service of this cluster.
 */
function ownerOfIngress(ingress: Ingress): Owned | undefined {
  const own = ours(ingress);
  if (own || isOurs(ingress.metadata)) return own;
  const named = parseIngressName(ingress.metadata?.name ?? '');
  if (named?.role !== 'ingress') return undefined;
  const { nameOnCloud } = named;
  const paths = (ingress.spec?.rules ?? []).flatMap(({ http }) => http?.paths ?? []);
  const isSkyPilots = ({ backend }: (typeof paths)[number]) =>
    parseServiceName(backend.service?.name ?? '')?.nameOnCloud === nameOnCloud;
  return paths.length > 0 && paths.every(isSkyPilots) ? { managedBy: 'skypilot', nameOnCloud } : undefined;
}
