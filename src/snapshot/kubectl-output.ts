import { type Cure, command, cure } from '../errors/cure.ts';
import { UsageError } from '../errors/usage-error.ts';
import { objectFault } from './object-fault.ts';
import { keyOf, type WithMetadata } from './object-reference.ts';
import { namespaceOfCollection } from './resource-paths.ts';
import { parseFieldSelector, parseLabelSelector } from './selector.ts';
import { isRecord } from './shape.ts';
import type { Snapshot, TopicRequest, TopicRequests } from './snapshot.ts';
import { type ApiGroup, allTopics, type Observed, type Topic, topicRows } from './topics.ts';

/** Objects as `kubectl get -o yaml` prints them. */
export interface KubectlOutput {
  /**
   * The objects by kind. If kubectl printed an empty list of a kind, its list here is empty too. A kind that kubectl
   * did not print is absent.
   */
  readonly objects: ReadonlyMap<string, readonly WithMetadata[]>;
  /** The namespace that was listed; null for all. */
  readonly namespace: string | null;
  /** Whether the output contains all objects of its kinds, as after `kubectl get -A` without a selector. */
  readonly isWhole: boolean;
  /** The API groups of the objects. The server may have more. */
  readonly apiGroups: readonly ApiGroup[];
  /** The latest time in the objects, in ISO 8601. Undefined if they contain only one time, or none. */
  readonly newest: string | undefined;
}

/**
 * Reads kubectl's output: single objects, Lists, and lists of one kind, in any number of documents. If an object
 * appears twice, the last version counts.
 *
 * @throws UsageError if no check can read any of the objects
 */
export function readKubectlOutput(documents: readonly unknown[]): KubectlOutput {
  const printed = documents.flatMap((document) => objectsIn(document));
  const byKind = new Map<string, Map<string, WithMetadata>>();
  for (const { kind, object } of printed.filter(isOfTopic)) {
    const known = byKind.get(kind) ?? new Map<string, WithMetadata>();
    byKind.set(kind, known);
    // Also keep an object without a name. Later code uses it, or reports it as malformed.
    if (object) known.set(object.metadata?.name === undefined ? `#${known.size}` : keyOf(object), object);
  }
  const objects = new Map([...byKind].map(([kind, known]) => [kind, [...known.values()]]));
  if (objects.size === 0) {
    throw new UsageError(
      'invalid-dump',
      'nothing in the file can be checked: it has no Pods, Services, Ingresses or other objects that matter here',
      howToDump,
    );
  }
  const namespace = namespaceOf(objects);
  return {
    objects,
    namespace,
    isWhole: namespace === null && (objects.get('Service') ?? []).some((each) => keyOf(each) === 'default/kubernetes'),
    apiGroups: groupsOf(printed.map(({ apiVersion }) => apiVersion)),
    newest: newestIn(printed.map(({ object }) => object)),
  };
}

/**
 * Whether objects of this kind and API group belong to a topic. A Service of Knative or an Ingress of OpenShift does
 * not: it only has the same kind.
 */
function isOfTopic({ kind, apiVersion }: Printed): boolean {
  return allTopics.some((topic) => {
    const row = topicRows[topic];
    if (row.kind !== kind || apiVersion === undefined) return row.kind === kind;
    return [row.apiGroup, row.alsoGroup].includes(groupOf(apiVersion));
  });
}

/**
 * How an API server with these objects would answer the requests. A topic is left out if kubectl did not print its
 * kind. A topic is also left out if no object matches, but kubectl may not have printed all objects of the kind.
 *
 * @throws UsageError for a malformed object; its message names the object and the field
 */
export function answersFrom(output: KubectlOutput, requests: TopicRequests): Partial<Snapshot['topics']> {
  const answers = Object.entries(requests) as [Topic, TopicRequest][];
  return Object.fromEntries(
    answers.flatMap(([topic, request]) => {
      const list = listOf(topic, output);
      if (!list) return [];
      const items = list.filter(isTakenBy(request));
      const place = namespaceOfCollection(request.path) ?? null;
      const isListed = output.namespace === null ? topicRows[topic].takesDumps : place === output.namespace;
      const isComplete = output.isWhole || isListed || (place === null && topicRows[topic].takesDumps);
      return items.length > 0 || isComplete ? [[topic, seen(topic, items)]] : [];
    }),
  );
}

/**
 * All objects of each kind, under the topic of this kind with `takesDumps`. Where a request selects objects, its answer
 * replaces them.
 *
 * @param namespace the namespace of topics that are listed in one namespace; null for all
 */
export function topicsOfKinds(output: KubectlOutput, namespace: string | null): Partial<Snapshot['topics']> {
  return Object.fromEntries(
    allTopics.flatMap((topic) => {
      const { takesDumps, namespace: ofRow } = topicRows[topic];
      const list = takesDumps ? listOf(topic, output) : undefined;
      const place = ofRow === 'scope' ? namespace : ofRow;
      const isHere = ({ metadata }: WithMetadata) => place === null || metadata?.namespace === place;
      return list ? [[topic, seen(topic, list.filter(isHere))]] : [];
    }),
  );
}

function listOf(topic: Topic, { objects }: Pick<KubectlOutput, 'objects'>): readonly WithMetadata[] | undefined {
  const { kind } = topicRows[topic];
  return kind === undefined ? undefined : objects.get(kind);
}

function seen(topic: Topic, items: readonly WithMetadata[]): Observed<object> {
  for (const item of items) {
    const fault = objectFault(topic, item);
    if (fault !== undefined) throw new UsageError('invalid-dump', fault, howToDump);
  }
  return { observed: true, items, resourceVersion: '', cutOff: false };
}

/** Whether the answer to a list request contains an object. */
function isTakenBy({ path, labelSelector, fieldSelector }: TopicRequest): (object: WithMetadata) => boolean {
  const place = namespaceOfCollection(path);
  const takesLabels = parseLabelSelector(labelSelector ?? '');
  const takesFields = parseFieldSelector(fieldSelector ?? '');
  return (object) =>
    (place === undefined || object.metadata?.namespace === place) &&
    takesLabels(object.metadata?.labels ?? {}) &&
    takesFields(object);
}

function groupsOf(apiVersions: readonly (string | undefined)[]): ApiGroup[] {
  const groups = new Set(apiVersions.map((version) => groupOf(version ?? '')));
  return [...groups].filter((name) => name !== '').map((name) => ({ name }));
}

/** The API group of an apiVersion: `apps` for `apps/v1`, '' for `v1`. */
function groupOf(apiVersion: string): string {
  return apiVersion.includes('/') ? apiVersion.split('/', 1)[0]! : '';
}

/**
 * The namespace that kubectl listed; null if it listed several. With `-A`, Services are always in several namespaces:
 * every Kubernetes cluster has the Service `default/kubernetes` and one for DNS. If kubectl listed one namespace, it is
 * unknown whether other namespaces have objects.
 */
function namespaceOf(objects: KubectlOutput['objects']): string | null {
  const services = objects.get('Service') ?? [];
  const judged = services.length > 0 ? services : [...objects.values()].flat();
  const namespaces = new Set(
    judged.map(({ metadata }) => metadata?.namespace).filter((name) => typeof name === 'string'),
  );
  const [only] = namespaces;
  return namespaces.size === 1 ? only! : null;
}

/**
 * Fields that contain the time of a past event (meta/v1 ObjectMeta and Condition, core/v1 Event, Node and Pod,
 * coordination/v1 Lease). The time in another field may be in the future. For example, a deletionTimestamp is the end
 * of the grace period.
 */
const recordedTimes: ReadonlySet<string> = new Set([
  ...['creationTimestamp', 'time', 'lastTransitionTime', 'lastHeartbeatTime', 'lastProbeTime', 'lastUpdateTime'],
  ...['firstTimestamp', 'lastTimestamp', 'eventTime', 'lastObservedTime', 'renewTime'],
  ...['startTime', 'startedAt', 'finishedAt'],
]);

/**
 * The latest time in the objects. kubectl printed them at this time or a little later. If they contain only one time,
 * this is only when they were created, so the result is undefined.
 */
function newestIn(objects: readonly unknown[]): string | undefined {
  let [oldest, newest] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  const look = (value: unknown) => {
    if (Array.isArray(value)) return value.forEach(look);
    if (!isRecord(value)) return;
    for (const [key, field] of Object.entries(value)) {
      if (typeof field === 'object') look(field);
      else if (recordedTimes.has(key) && typeof field === 'string') {
        const time = Date.parse(field);
        if (Number.isNaN(time)) continue;
        oldest = Math.min(oldest, time);
        newest = Math.max(newest, time);
      }
    }
  };
  look(objects);
  return newest > oldest ? new Date(newest).toISOString() : undefined;
}

interface Printed {
  readonly kind: string;
  readonly apiVersion: string | undefined;
  /** The object. Undefined for the entry that only shows that a list of this kind was printed. */
  readonly object: WithMetadata | undefined;
}

/**
 * All objects of a document. For a list of one kind, there is one more entry without an object. It shows that kubectl
 * printed this kind, even if the list is empty.
 */
function objectsIn(document: unknown): Printed[] {
  if (!isRecord(document) || typeof document.kind !== 'string') return [];
  const { kind, items } = document;
  const apiVersion = typeof document.apiVersion === 'string' ? document.apiVersion : undefined;
  if (!Array.isArray(items)) return [asPrinted(kind, apiVersion, document)];
  const ofKind = kind === 'List' ? undefined : kind.replace(/List$/, '');
  const inside = items.flatMap((item: unknown) => {
    if (!isRecord(item)) throw new UsageError('invalid-dump', 'an item of the List is not an object', howToDump);
    const itemKind = typeof item.kind === 'string' ? item.kind : ofKind;
    const itemVersion = typeof item.apiVersion === 'string' ? item.apiVersion : ofKind && apiVersion;
    return itemKind ? [asPrinted(itemKind, itemVersion, item)] : [];
  });
  return ofKind ? [{ kind: ofKind, apiVersion, object: undefined }, ...inside] : inside;
}

function asPrinted(kind: string, apiVersion: string | undefined, object: Record<string, unknown>): Printed {
  const isNewEvent = kind === 'Event' && apiVersion !== undefined && groupOf(apiVersion) === 'events.k8s.io';
  return { kind, apiVersion: isNewEvent ? 'v1' : apiVersion, object: isNewEvent ? asCoreEvent(object) : object };
}

/**
 * Gives the fields of an events.k8s.io/v1 Event the names that they have in core/v1. It is the same Event: the API
 * server returns it in both API groups.
 */
function asCoreEvent(event: Record<string, unknown>): Record<string, unknown> {
  const coreNames: Readonly<Record<string, string>> = {
    ...{ regarding: 'involvedObject', note: 'message' },
    ...{
      deprecatedCount: 'count',
      deprecatedFirstTimestamp: 'firstTimestamp',
      deprecatedLastTimestamp: 'lastTimestamp',
    },
  };
  return Object.fromEntries(Object.entries(event).map(([field, value]) => [coreNames[field] ?? field, value]));
}

/** The cures if a file is not a dump of this plugin. */
export const howToDump: readonly Cure[] = [
  cure(command`kubectl skyports doctor --save FILE`, 'saves all that matters to FILE'),
  cure(
    command`kubectl get pods,services,ingresses,endpointslices,ingressclasses,nodes,events -A -o yaml --show-managed-fields > FILE`,
    'saves what matters most, without this plugin; FILE stands for its name',
  ),
];
