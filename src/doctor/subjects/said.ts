import type { Event, Pod } from 'kubernetes-types/core/v1';
import type { Condition } from 'kubernetes-types/meta/v1';
import { failureConditionsOf } from '../../platforms/event-explanations.ts';
import {
  isAbout,
  isWarning,
  type Warning,
  warningsAbout,
  warningsIn,
  warningsWhere,
  wordsOf,
} from '../../snapshot/last-warning.ts';
import { type ObjectReference, referenceTo, type WithMetadata } from '../../snapshot/object-reference.ts';
import type { Snapshot } from '../../snapshot/snapshot.ts';
import { itemsOf, type Observation } from '../../snapshot/topics.ts';
import type { CheckContext } from '../check-context.ts';
import { type Evidence, fieldOf } from '../finding.ts';
import { withoutStop } from '../format.ts';
import { warningWords } from './warning-event.ts';

/** A report about an object: a warning event, or a condition that reports a fault. */
export interface Said {
  readonly object: ObjectReference;
  readonly reason: string;
  readonly message: string;
  /** The component or field manager that wrote the report; null if it is not known. */
  readonly by: string | null;
  /**
   * The time of the event, ISO 8601; null if the event has no time. Null for a condition, because it describes the
   * present state.
   */
  readonly lastSeen: string | null;
  /**
   * The report as text, with its writer: `warning event FailedDeployModel from service (12 times, last 3m ago): …`.
   */
  readonly words: string;
  readonly evidence: Evidence;
}

/** The lists of events, and the current time. The ages of events are computed from this time. */
export interface Heard {
  readonly topics: Pick<Snapshot['topics'], 'events' | 'handlerEvents'>;
  readonly takenAt: string;
}

/** The events of the snapshot's namespace and of other namespaces, as one list. */
export function allWarnings({ events, handlerEvents }: Heard['topics']): Observation<Event> {
  if (!events.observed || !handlerEvents.observed) return events.observed ? events : handlerEvents;
  return { ...events, items: [...events.items, ...handlerEvents.items] };
}

/**
 * The reports about an object: first every condition that reports a fault, then every warning event, the newest
 * first.
 */
export function saidAbout(
  kind: string,
  object: WithMetadata & { readonly status?: object },
  { topics, takenAt }: Heard,
): Said[] {
  const reference = referenceTo(kind, object);
  return [
    ...conditionsSaid(kind, object),
    ...warningsAbout(allWarnings(topics), kind, object).map((each) => warningSaid(reference, each, takenAt)),
  ];
}

/**
 * The reports about Pods. There are two kinds. The first are conditions that report a fault, such as readiness gates.
 * Conditions of Kubernetes itself are left out. The second are warning events about the Pods and about their owners,
 * for example about a ReplicaSet that cannot create more Pods.
 */
export function saidOfPods(pods: readonly Pod[], { view, takenAt }: Pick<CheckContext, 'view' | 'takenAt'>): Said[] {
  const { events, handlerEvents } = view.snapshot.topics;
  const byObject = view.shared('warnings by object', [events, handlerEvents], () =>
    Map.groupBy(itemsOf(allWarnings({ events, handlerEvents })), ({ involvedObject }) =>
      keyOfReference(referenceOf(involvedObject)),
    ),
  );
  const about = new Map(
    pods.flatMap(({ metadata }) =>
      [{ kind: 'Pod', name: metadata?.name, uid: metadata?.uid }, ...(metadata?.ownerReferences ?? [])].map((each) => {
        const reference = { kind: each.kind, namespace: metadata?.namespace ?? '', name: each.name ?? '' };
        return [keyOfReference(reference), { reference, uid: each.uid }] as const;
      }),
    ),
  );
  return [
    ...pods.flatMap((pod) => conditionsSaid('Pod', pod, ({ type }) => !podConditions.has(type))),
    ...[...about].flatMap(([key, { reference, uid }]) =>
      warningsIn((byObject.get(key) ?? []).filter((each) => isAbout(each, reference, uid))).map((each) =>
        warningSaid(reference, each, takenAt),
      ),
    ),
  ];
}

/**
 * The types of conditions that Kubernetes and Kueue write on Pods (core/v1, PodConditionType). Other checks judge these
 * conditions.
 */
const podConditions: ReadonlySet<string> = new Set([
  ...['PodScheduled', 'PodReadyToStartContainers', 'PodHasNetwork', 'Initialized', 'ContainersReady', 'Ready'],
  ...['DisruptionTarget', 'TerminationTarget', 'PodResizePending', 'PodResizeInProgress'],
]);

/**
 * The conditions of an object that report a fault.
 *
 * @param isJudged selects the conditions to read
 */
export function conditionsSaid(
  kind: string,
  object: WithMetadata & { readonly status?: object },
  isJudged: (condition: Condition) => boolean = () => true,
): Said[] {
  const { conditions } = (object.status ?? {}) as { readonly conditions?: readonly Condition[] };
  const reference = referenceTo(kind, object);
  return failureConditionsOf(conditions?.filter(isJudged)).map((each) => conditionSaid(reference, object, each));
}

/**
 * Every warning event about the objects that `selects` accepts, grouped by object. The newest event about an object
 * is first.
 */
export function saidWhere({ topics, takenAt }: Heard, selects: (about: ObjectReference) => boolean): Said[] {
  const events = allWarnings(topics);
  if (!events.observed) return [];
  const about = new Map<string, ObjectReference>();
  for (const event of events.items) {
    if (!isWarning(event)) continue;
    const { involvedObject } = event;
    const reference = referenceOf(involvedObject);
    if (selects(reference)) about.set(keyOfReference(reference), reference);
  }
  return [...about].flatMap(([key, reference]) =>
    warningsWhere(events, ({ involvedObject }) => keyOfReference(referenceOf(involvedObject)) === key).map((each) =>
      warningSaid(reference, each, takenAt),
    ),
  );
}

/**
 * Whether the warning no longer applies, because the same object has a newer event of type Normal. The controller
 * writes such an event when it succeeds. Only kubectl's output contains events of type Normal.
 */
export function isSettledLater({ object, lastSeen }: Said, { topics }: Heard): boolean {
  if (lastSeen === null) return false;
  const key = keyOfReference(object);
  const later = wordsOf(
    allWarnings(topics),
    ({ type, involvedObject }) => type === 'Normal' && keyOfReference(referenceOf(involvedObject)) === key,
  );
  return later.some((each) => each.lastSeen !== null && Date.parse(each.lastSeen) > Date.parse(lastSeen));
}

function referenceOf({ kind = '', namespace = '', name = '' }: Event['involvedObject']): ObjectReference {
  return { kind, namespace, name };
}

function keyOfReference({ kind, namespace, name }: ObjectReference): string {
  return `${kind} ${namespace}/${name}`;
}

function warningSaid(object: ObjectReference, event: Warning, takenAt: string): Said {
  const evidence = { object, event };
  const { reason, message, by, lastSeen } = event;
  return { object, reason, message, by, lastSeen, words: warningWords(evidence, takenAt), evidence };
}

function conditionSaid(object: ObjectReference, owner: WithMetadata, condition: Condition): Said {
  const { type, status, reason = '', message = '' } = condition;
  const by = managerOf(owner, type);
  const text = withoutStop([reason, message].filter((each) => each !== '').join('; '));
  return {
    ...{ object, reason, message, by },
    lastSeen: null,
    words: `condition ${type} is ${status}${by ? ` (from ${by})` : ''}${text ? `: ${text}` : ''}`,
    evidence: fieldOf(object, `status.conditions[${type}]`, { status, reason, message }),
  };
}

/** The field manager that wrote a condition (meta/v1, FieldsV1); null if it is not recorded. */
function managerOf({ metadata }: WithMetadata, type: string): string | null {
  const key = `k:${JSON.stringify({ type })}`;
  const owns = (metadata?.managedFields ?? []).find(({ fieldsV1 }) => {
    const status = (fieldsV1 as Fields | undefined)?.['f:status'];
    return status?.['f:conditions']?.[key] !== undefined;
  });
  return owns?.manager ?? null;
}

interface Fields {
  readonly [field: string]: Fields | undefined;
}
