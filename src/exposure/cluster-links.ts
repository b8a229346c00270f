import type { Event, Pod, Service } from 'kubernetes-types/core/v1';
import type { EndpointSlice } from 'kubernetes-types/discovery/v1';
import type { Ingress } from 'kubernetes-types/networking/v1';
import { signsOf } from '../platforms/detect.ts';
import type { Matcher } from '../platforms/platform.ts';
import { clusterNameLabel, parseIngressName, parseServiceName } from '../skypilot/names.ts';
import { type Entry, Indexer, inOrder } from '../snapshot/indexer.ts';
import { keyOf, type WithMetadata } from '../snapshot/object-reference.ts';
import { selects } from '../snapshot/selector.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import { itemsOf, type Observation, type Topic, type TopicObjects } from '../snapshot/topics.ts';
import { isControllerService, skyPilotsKey } from './controllers/ingress-controllers.ts';
import { nameOnCloudOfOurs } from './ownership.ts';
import { nameOnCloudOf } from './snapshot-index.ts';

/** The topics whose objects belong to single SkyPilot clusters. An object of another topic belongs to all of them. */
export const linkedTopics = ['pods', 'services', 'ingresses', 'endpointSlices', 'events', 'podEvents'] as const;

type LinkedTopic = (typeof linkedTopics)[number];

export function isLinked(topic: Topic): topic is LinkedTopic {
  return (linkedTopics as readonly Topic[]).includes(topic);
}

/** The keys (`namespace/nameOnCloud`) of the SkyPilot clusters whose rows an object may change. */
export type Reach = ReadonlySet<string> | 'all';

/**
 * Which objects belong to which SkyPilot clusters. Each change updates the links, without a look at the other objects.
 *
 * The rows of a SkyPilot cluster are computed from these objects:
 *
 * - its Pods, and the Services that select them or have its name
 * - the Ingresses that lead to these Services or have its name, and the Services behind Ingresses with its name
 * - the EndpointSlices and events of these Services, and all Pods that they select
 * - objects that belong to all clusters: Services of ingress controllers, and the topics that are not linked. The detection
 *   of load balancers reads all Services, so one Service with each sign belongs to all clusters, too
 */
export class ClusterLinks {
  readonly #ingressService: string | undefined;
  readonly #pods = new Indexer<Pod, 'cluster' | 'label'>({ cluster: clusterOfPod, label: labelsOf });
  readonly #services = new Indexer<Service, 'name' | 'selector' | 'shared'>({
    name: clustersInName,
    selector: rarestPair,
    shared: (service) => (this.#isShared(service) ? [''] : []),
  });
  readonly #ingresses = new Indexer<Ingress, 'name' | 'backend' | 'backendName'>({
    name: clustersInName,
    backend: backendKeys,
    backendName: clustersInBackends,
  });
  readonly #slices = new Indexer<EndpointSlice, 'service'>({ service: serviceOfSlice });
  readonly #events = {
    events: new Indexer<Event, 'about'>({ about: subjectOf }),
    podEvents: new Indexer<Event, 'about'>({ about: subjectOf }),
  };
  /** The Services with each sign, by their keys. */
  readonly #signed = new Map<Matcher, Set<string>>();

  /** @param ingressService the Service of the ingress controller (`NAMESPACE/NAME`), if the user named it */
  constructor({ topics }: Snapshot, ingressService: string | undefined) {
    this.#ingressService = ingressService;
    for (const topic of linkedTopics) this.list(topic, itemsOf<object>(topics[topic]));
  }

  /** Takes over a new list of a topic; returns the SkyPilot clusters whose rows it may change. */
  list(topic: LinkedTopic, items: readonly object[]): Reach {
    const store = this.#storeOf(topic);
    const before = store.objects();
    store.replace(items);
    if (topic === 'services') {
      this.#signed.clear();
      for (const service of items) this.#sign(service as Service, true);
    }
    // Without its list, a row is the same as with a list without events.
    if (topic !== 'events' && topic !== 'podEvents') return 'all';
    return new Set([...before, ...items].flatMap((event) => this.#ofEvent(event as Event)));
  }

  /** Takes over a change; returns the SkyPilot clusters whose rows it may change. */
  apply(topic: LinkedTopic, before: object | undefined, after: object | undefined): Reach {
    const reached = new Set<string>();
    let isShared = false;
    const look = (object: object) => {
      if (topic === 'services' && this.#isShared(object as Service)) isShared = true;
      for (const cluster of this.#clustersOf(topic, object)) reached.add(cluster);
    };
    if (before) look(before);
    const store = this.#storeOf(topic);
    if (after) store.set(after);
    else if (before) store.delete(keyOf(before as WithMetadata));
    if (topic === 'services' && this.#changeSigns(before, after)) isShared = true;
    if (after) look(after);
    return isShared ? 'all' : reached;
  }

  /** The objects from which the rows of these SkyPilot clusters are computed. All lists keep their order. */
  objectsOf(clusters: Iterable<string>): { readonly [T in LinkedTopic]: readonly TopicObjects[T][] } {
    const wanted = [...clusters];
    const services = new Set<Entry<Service>>();
    const ingresses = new Set<Entry<Ingress>>();
    for (const cluster of wanted) {
      addAll(services, this.#services.byIndex('name', cluster));
      for (const { object } of this.#pods.byIndex('cluster', cluster)) addAll(services, this.#selecting(object));
      for (const ingress of this.#ingresses.byIndex('name', cluster)) {
        ingresses.add(ingress);
        for (const key of backendKeys(ingress.object)) addAll(services, this.#serviceAt(key));
      }
      addAll(ingresses, this.#ingresses.byIndex('backendName', cluster));
    }
    for (const { key } of services) addAll(ingresses, this.#ingresses.byIndex('backend', key));
    addAll(services, this.#services.byIndex('shared', ''));
    for (const [key] of this.#signed.values()) addAll(services, this.#serviceAt(key!));
    const pods = new Set<Entry<Pod>>();
    const allClusters = new Set(wanted);
    for (const { object } of services) {
      for (const cluster of clustersInName(object)) allClusters.add(cluster);
      for (const pod of this.#selectedBy(object)) {
        pods.add(pod);
        for (const cluster of clusterOfPod(pod.object)) allClusters.add(cluster);
      }
    }
    for (const cluster of allClusters) addAll(pods, this.#pods.byIndex('cluster', cluster));
    const slices = [...services].flatMap(({ key }) => [...this.#slices.byIndex('service', key)]);
    const subjects = new Set([
      ...[...services].map(({ key }) => `Service ${key}`),
      ...[...pods].map(({ key }) => `Pod ${key}`),
      ...[...allClusters].map((cluster) => `Pod ${cluster}-head`),
    ]);
    const eventsIn = (topic: 'events' | 'podEvents') =>
      inOrder(new Set([...subjects].flatMap((subject) => [...this.#events[topic].byIndex('about', subject)])));
    return {
      pods: inOrder(pods),
      services: inOrder(services),
      ingresses: inOrder(ingresses),
      endpointSlices: inOrder(new Set(slices)),
      events: eventsIn('events'),
      podEvents: eventsIn('podEvents'),
    };
  }

  #storeOf(topic: LinkedTopic): Pick<Indexer<object, never>, 'set' | 'delete' | 'replace' | 'objects'> {
    const stores = {
      ...{ pods: this.#pods, services: this.#services, ingresses: this.#ingresses, endpointSlices: this.#slices },
      ...this.#events,
    };
    return stores[topic] as Pick<Indexer<object, never>, 'set' | 'delete' | 'replace' | 'objects'>;
  }

  #clustersOf(topic: LinkedTopic, object: object): Iterable<string> {
    return this.#reach[topic](object as never);
  }

  /** The clusters whose rows an object may change, as the links are now. */
  readonly #reach: { readonly [T in LinkedTopic]: (object: TopicObjects[T]) => Iterable<string> } = {
    pods: (pod) => [...clusterOfPod(pod), ...this.#selecting(pod).flatMap(({ object }) => this.#ofService(object))],
    services: (service) => this.#ofService(service),
    ingresses: (ingress) => [
      ...clustersInName(ingress),
      ...clustersInBackends(ingress),
      ...backendKeys(ingress)
        .flatMap((key) => this.#serviceAt(key))
        .flatMap(({ object }) => this.#ofService(object)),
    ],
    endpointSlices: (slice) =>
      serviceOfSlice(slice)
        .flatMap((key) => this.#serviceAt(key))
        .flatMap(({ object }) => this.#ofService(object)),
    events: (event) => this.#ofEvent(event),
    podEvents: (event) => this.#ofEvent(event),
  };

  #ofService(service: Service): string[] {
    return [
      ...clustersInName(service),
      ...this.#selectedBy(service).flatMap(({ object }) => clusterOfPod(object)),
      ...[...this.#ingresses.byIndex('backend', keyOf(service))].flatMap(({ object }) => clustersInName(object)),
    ];
  }

  #ofEvent({ involvedObject: { kind, namespace = '', name = '' } }: Event): string[] {
    const key = `${namespace}/${name}`;
    if (kind === 'Service') return this.#serviceAt(key).flatMap(({ object }) => this.#ofService(object));
    if (kind !== 'Pod') return [];
    const pod = this.#pods.get(key);
    const head = name.endsWith('-head') ? [`${namespace}/${name.slice(0, -'-head'.length)}`] : [];
    return pod ? [...head, ...this.#reach.pods(pod.object)] : head;
  }

  #serviceAt(key: string): Entry<Service>[] {
    const found = this.#services.get(key);
    return found ? [found] : [];
  }

  /** The Services that select a Pod. */
  #selecting(pod: Pod): Entry<Service>[] {
    return labelsOf(pod)
      .flatMap((pair) => [...this.#services.byIndex('selector', pair)])
      .filter(({ object }) => selects(object.spec?.selector, pod.metadata?.labels));
  }

  /** The Pods that a Service selects. */
  #selectedBy({ metadata, spec }: Service): Entry<Pod>[] {
    const buckets = pairsIn(metadata?.namespace, spec?.selector).map((pair) => this.#pods.byIndex('label', pair));
    const [smallest] = buckets.sort((a, b) => a.size - b.size);
    return [...(smallest ?? [])].filter(({ object }) => selects(spec?.selector, object.metadata?.labels));
  }

  /** Whether the rows of all Ingresses may depend on a Service. */
  #isShared(service: Service): boolean {
    const key = keyOf(service);
    return key === skyPilotsKey || key === this.#ingressService || isControllerService(service, undefined);
  }

  /** Notes the signs of a Service; returns whether the detection of load balancers may change. */
  #changeSigns(before: object | undefined, after: object | undefined): boolean {
    const known = new Set(this.#signed.keys());
    if (before) this.#sign(before as Service, false);
    if (after) this.#sign(after as Service, true);
    return known.size !== this.#signed.size || [...known].some((each) => !this.#signed.has(each));
  }

  #sign(service: Service, isPresent: boolean): void {
    const key = keyOf(service);
    for (const sign of signsOf(service)) {
      const keys = this.#signed.get(sign) ?? new Set();
      if (isPresent) keys.add(key);
      else keys.delete(key);
      if (keys.size > 0) this.#signed.set(sign, keys);
      else this.#signed.delete(sign);
    }
  }
}

function addAll<T>(set: Set<T>, more: Iterable<T>): void {
  for (const each of more) set.add(each);
}

function clusterOfPod({ metadata }: Pod): string[] {
  const nameOnCloud = metadata?.labels?.[clusterNameLabel];
  return nameOnCloud ? [`${metadata?.namespace ?? ''}/${nameOnCloud}`] : [];
}

/** The SkyPilot clusters that the name of a Service or an Ingress may contain. */
function clustersInName(object: WithMetadata): string[] {
  const { name = '', namespace = '' } = object.metadata ?? {};
  const names = [
    nameOnCloudOf(object),
    nameOnCloudOfOurs(name),
    parseServiceName(name)?.nameOnCloud,
    parseIngressName(name)?.nameOnCloud,
  ];
  return [...new Set(names.flatMap((each) => (each ? `${namespace}/${each}` : [])))];
}

function backendNames({ spec }: Ingress): string[] {
  const paths = (spec?.rules ?? []).flatMap(({ http }) => http?.paths ?? []);
  const backends = [...paths.map(({ backend }) => backend), ...(spec?.defaultBackend ? [spec.defaultBackend] : [])];
  return [...new Set(backends.flatMap(({ service }) => service?.name ?? []))];
}

function backendKeys(ingress: Ingress): string[] {
  return backendNames(ingress).map((name) => `${ingress.metadata?.namespace ?? ''}/${name}`);
}

function clustersInBackends(ingress: Ingress): string[] {
  const names = backendNames(ingress).flatMap((name) => parseServiceName(name)?.nameOnCloud ?? []);
  return [...new Set(names)].map((name) => `${ingress.metadata?.namespace ?? ''}/${name}`);
}

function serviceOfSlice({ metadata }: EndpointSlice): string[] {
  const service = metadata?.labels?.['kubernetes.io/service-name'];
  return service ? [`${metadata?.namespace ?? ''}/${service}`] : [];
}

function subjectOf({ involvedObject: { kind, namespace = '', name } }: Event): string[] {
  return [`${kind} ${namespace}/${name}`];
}

function labelsOf({ metadata }: Pod): string[] {
  return pairsIn(metadata?.namespace, metadata?.labels);
}

function pairsIn(namespace = '', pairs: Readonly<Record<string, string>> = {}): string[] {
  return Object.entries(pairs).map(([key, value]) => `${namespace}\0${key}\0${value}`);
}

/** One label of the selector: the one that the fewest Services have. A Pod has thousands of Services with others. */
function rarestPair({ metadata, spec }: Service, countOf: (pair: string) => number): string[] {
  const pairs = pairsIn(metadata?.namespace, spec?.selector);
  return pairs.sort((a, b) => countOf(a) - countOf(b)).slice(0, 1);
}

/** The items of a topic, replaced by a part of them. */
export function partOf<T>(observation: Observation<T>, items: readonly T[]): Observation<T> {
  return observation.observed ? { ...observation, items } : observation;
}
