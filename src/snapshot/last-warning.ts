import type { Event } from 'kubernetes-types/core/v1';
import { type ObjectReference, referenceTo, type WithMetadata } from './object-reference.ts';
import type { Observation } from './topics.ts';

/** A warning event (core/v1, Event) from any client library. */
export interface Warning {
  readonly reason: string;
  readonly message: string;
  readonly count: number;
  /** ISO 8601; null if the event has no time. */
  readonly lastSeen: string | null;
}

/** The last warning event about an object; undefined if there is none or events were not seen. */
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

/** Compares uids, since an event may be about an earlier object of the same name. */
function isAbout({ involvedObject }: Event, { kind, namespace, name }: ObjectReference, uid: string | undefined) {
  if (involvedObject.kind !== kind || involvedObject.name !== name) return false;
  if ((involvedObject.namespace ?? '') !== namespace) return false;
  return !uid || !involvedObject.uid || involvedObject.uid === uid;
}

/** Client libraries set the time in one of three fields (core/v1, Event). */
function lastSeenOf({ series, lastTimestamp, eventTime, metadata }: Event): string | null {
  return series?.lastObservedTime ?? lastTimestamp ?? eventTime ?? metadata?.creationTimestamp ?? null;
}
