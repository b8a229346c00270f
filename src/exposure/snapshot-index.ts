import type { Pod, Service } from 'kubernetes-types/core/v1';
import type { EndpointSlice } from 'kubernetes-types/discovery/v1';
import { parseIngressName, parseServiceName } from '../skypilot/names.ts';
import { groupIntoSkyClusters, type SkyCluster } from '../skypilot/sky-cluster.ts';
import { createMemo, type Memo, once } from '../snapshot/memo.ts';
import { keyOf, type WithMetadata } from '../snapshot/object-reference.ts';
import { indexByLabels, type SelectorIndex } from '../snapshot/selector.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import { itemsOf, type Observation } from '../snapshot/topics.ts';
import { controllerServicesIn } from './controllers/ingress-controllers.ts';
import { isOurs, nameOnCloudOfOurs, skyClusterAnnotation } from './ownership.ts';

/**
 * A snapshot with indices for the look-ups of all modes. Each index is created once. Without an index, each look-up
 * would search all objects for each cluster.
 */
export interface SnapshotIndex {
  readonly snapshot: Snapshot;
  /** The clusters with Pods, and clusters without Pods that still have objects which open ports. */
  readonly skyClusters: readonly SkyCluster[];
  /** The Services by `namespace/name`. */
  readonly services: ReadonlyMap<string, Service>;
  /** The EndpointSlices by `namespace/name` of their Service. */
  readonly slices: ReadonlyMap<string, readonly EndpointSlice[]>;
  readonly pods: SelectorIndex<Pod>;
  /**
   * The SkyPilot clusters whose Pods a Service selects, or whose name is in the Service's name. Most Services have one.
   * A Service of another owner may have none.
   */
  skyClustersOf(service: Service): readonly SkyCluster[];
  /** The SkyPilot cluster with this namespace and name on the cloud; undefined if it does not exist. */
  skyClusterNamed(namespace: string, nameOnCloud: string): SkyCluster | undefined;
  /** The Services of ingress controllers, from all lists. */
  readonly controllerServices: Observation<Service>;
  /** The Service of the ingress controller (`NAMESPACE/NAME`), if the user named it with `--ingress-service`. */
  readonly ingressService: string | undefined;
  /** Values that were computed from the lists. All views of these lists share them. */
  readonly shared: Memo;
  /** The index of all topics, if this index hides some of them. Otherwise, this index itself. */
  readonly whole: SnapshotIndex;
}

export interface IndexOptions {
  readonly ingressService?: string | undefined;
  /** The indices to share with other views of the same lists. Default: those of the latest views. */
  readonly shared?: Memo;
  /** The index of all topics, if the snapshot to index hides some of them. */
  readonly whole?: SnapshotIndex | undefined;
}

/**
 * Indexes a snapshot. Each index is created when it is first used. So a check reads only the topics that it declares.
 */
export function indexSnapshot(
  snapshot: Snapshot,
  { ingressService, shared = latest, whole }: IndexOptions = {},
): SnapshotIndex {
  const { pods, services: allServices, endpointSlices, ingresses } = snapshot.topics;
  const { controllerServices: fromLabels, ingressNginxServices: inIngressNginx } = snapshot.topics;
  const named = [pods, allServices, ingresses];
  const podIndex = once(() => shared('pods', [pods], () => indexByLabels(itemsOf(pods))));
  const services = once(() =>
    shared('services', [allServices], () => new Map(itemsOf(allServices).map((each) => [keyOf(each), each]))),
  );
  const slices = once(() => shared('slices', [endpointSlices], () => slicesByService(itemsOf(endpointSlices))));
  const byName = once(() =>
    shared('by name', named, () => {
      const known = new Map(
        groupIntoSkyClusters(itemsOf(pods)).map((each) => [`${each.namespace}/${each.nameOnCloud}`, each]),
      );
      for (const object of [...itemsOf(allServices), ...itemsOf(ingresses)]) addLeftBehind(known, object);
      return known;
    }),
  );
  const skyClusters = once(() => [...byName().values()]);
  const controllerServices = once(() =>
    shared('controllers', [allServices, fromLabels, inIngressNginx], () => controllerServicesIn(snapshot)),
  );
  const behind = once(() => shared('behind', named, () => new Map<Service, readonly SkyCluster[]>()));
  const skyClusterNamed = (namespace: string, nameOnCloud: string) => byName().get(`${namespace}/${nameOnCloud}`);
  const findBehind = (service: Service): readonly SkyCluster[] => {
    const namespace = service.metadata?.namespace ?? '';
    const nameOnCloud = nameOnCloudOf(service);
    const known = nameOnCloud === undefined ? undefined : skyClusterNamed(namespace, nameOnCloud);
    if (known) return [known];
    const selected = podIndex().matching(namespace, service.spec?.selector);
    if (selected.length === 0) return [];
    return groupIntoSkyClusters(selected).map((each) => skyClusterNamed(namespace, each.nameOnCloud)!);
  };
  const index: SnapshotIndex = {
    snapshot,
    get skyClusters() {
      return skyClusters();
    },
    get services() {
      return services();
    },
    get slices() {
      return slices();
    },
    get pods() {
      return podIndex();
    },
    get controllerServices() {
      return controllerServices();
    },
    skyClusterNamed,
    skyClustersOf(service) {
      const known = behind().get(service);
      if (known) return known;
      const found = findBehind(service);
      behind().set(service, found);
      return found;
    },
    ingressService,
    shared,
    get whole() {
      return whole ?? index;
    },
  };
  return index;
}

/**
 * The indices of the latest lists. A command indexes the same lists several times: to decide what else to request, to
 * look up names, and to create rows.
 */
const latest = createMemo(16);

/**
 * The name on the cloud, from the name of an object that SkyPilot or this plugin created. Undefined for other objects.
 */
export function nameOnCloudOf(object: WithMetadata): string | undefined {
  const name = object.metadata?.name ?? '';
  if (isOurs(object.metadata)) return nameOnCloudOfOurs(name);
  return (parseServiceName(name) ?? parseIngressName(name))?.nameOnCloud;
}

function addLeftBehind(skyClusters: Map<string, SkyCluster>, object: WithMetadata): void {
  const nameOnCloud = nameOnCloudOf(object);
  if (!nameOnCloud) return;
  const namespace = object.metadata?.namespace ?? '';
  const key = `${namespace}/${nameOnCloud}`;
  const displayName = object.metadata?.annotations?.[skyClusterAnnotation];
  const known = skyClusters.get(key);
  if (known && (known.pods.length > 0 || !displayName)) return;
  skyClusters.set(key, { displayName: displayName ?? nameOnCloud, nameOnCloud, namespace, pods: [] });
}

function slicesByService(slices: readonly EndpointSlice[]): Map<string, EndpointSlice[]> {
  const byService = new Map<string, EndpointSlice[]>();
  for (const slice of slices) {
    const service = slice.metadata?.labels?.['kubernetes.io/service-name'];
    if (!service) continue;
    const key = `${slice.metadata?.namespace}/${service}`;
    const known = byService.get(key);
    if (known) known.push(slice);
    else byService.set(key, [slice]);
  }
  return byService;
}
