import type { Event } from 'kubernetes-types/core/v1';
import { type ObjectReference, referenceTo, type WithMetadata } from './object-reference.ts';
import type { Observation } from './topics.ts';

/** A warning event (core/v1, Event), whichever library wrote it. */
export interface Warning {
  readonly reason: string;
  readonly message: string;
  readonly count: number;
  /** ISO 8601; null when the event does not say. */
  readonly lastSeen: string | null;
}

/** The last warning event about an object; undefined when there is none, or events were not seen. */
export function lastWarningAbout(events: Observation<Event>, kind: string, object: WithMetadata): Warning | undefined {
  if (!events.observed) return undefined;
  const reference = referenceTo(kind, object);
  const warnings = events.items
    .filter((event) => event.type === 'Warning' && isAbout(event, reference, object.metadata?.uid))
    .sort((a, b) => (lastSeenOf(b) ?? '').localeCompare(lastSeenOf(a) ?? ''));
  const [last] = warnings;
  if (!last) return undefined;
  return {
    reason: last.reason ?? '',
    message: last.message ?? '',
    count: last.series?.count ?? last.count ?? 1,
    lastSeen: lastSeenOf(last),
  };
}

/** An event of an earlier object of the same name bears another uid. */
function isAbout({ involvedObject }: Event, { kind, namespace, name }: ObjectReference, uid: string | undefined) {
  if (involvedObject.kind !== kind || involvedObject.name !== name) return false;
  if ((involvedObject.namespace ?? '') !== namespace) return false;
  return !uid || !involvedObject.uid || involvedObject.uid === uid;
}

/** Core events say it in one of three places, depending on which library wrote them (core/v1, Event). */
function lastSeenOf({ series, lastTimestamp, eventTime, metadata }: Event): string | null {
  return series?.lastObservedTime ?? lastTimestamp ?? eventTime ?? metadata?.creationTimestamp ?? null;
}
