import type { Event } from 'kubernetes-types/core/v1';
import { type ObjectReference, referenceTo, type WithMetadata } from './object-reference.ts';
import type { Observation } from './topics.ts';

/** What an event says (core/v1, Event). Different client libraries write it into different fields. */
export interface Warning {
  readonly reason: string;
  readonly message: string;
  readonly count: number;
  /** The time when it last happened, in ISO 8601; null if the event contains no time. */
  readonly lastSeen: string | null;
  /** The component that wrote the event, such as `service-controller`; null if the event does not say. */
  readonly by: string | null;
}

/** The last warning event about an object. Undefined if there is none, or if events were not seen. */
export function lastWarningAbout(events: Observation<Event>, kind: string, object: WithMetadata): Warning | undefined {
  return warningsAbout(events, kind, object)[0];
}

/** All warning events about an object, newest first. Each text appears once. Empty if events were not seen. */
export function warningsAbout(events: Observation<Event>, kind: string, object: WithMetadata): Warning[] {
  const reference = referenceTo(kind, object);
  return warningsWhere(events, (event) => isAbout(event, reference, object.metadata?.uid));
}

/** The warning events that `selects` accepts, newest first. Each text appears once. */
export function warningsWhere(events: Observation<Event>, selects: (event: Event) => boolean): Warning[] {
  return wordsOf(events, (event) => isWarning(event) && selects(event));
}

/** The warnings among these events, newest first. Each text appears once. */
export function warningsIn(events: readonly Event[]): Warning[] {
  return wordsIn(events.filter(isWarning));
}

/**
 * Whether an event is a warning that a user has to know. The API server also writes warnings when it enters the
 * ClusterIP or nodePort of a Service into its list of used ones again. It does so for Services that were just created,
 * if it sees the Service before the entry. Such a Service works. If the entry is not possible, the API server writes
 * an event with another reason. The EndpointSlice controller writes a warning if a Service asks for traffic that stays
 * in its zone and has too few endpoints for this. Traffic then goes to all zones. Sources: kubernetes/kubernetes,
 * pkg/registry/core/service/ipallocator/controller/repairip.go and portallocator/controller/repair.go;
 * kubernetes/endpointslice, topologycache/topologycache.go.
 */
export function isWarning({ type, reason = '' }: Event): boolean {
  return type === 'Warning' && !harmless.includes(reason);
}

const harmless: readonly string[] = ['ClusterIPNotAllocated', 'PortNotAllocated', 'TopologyAwareHintsDisabled'];

/** The events of any type that `selects` accepts, newest first. Each text appears once. */
export function wordsOf(events: Observation<Event>, selects: (event: Event) => boolean): Warning[] {
  return events.observed ? wordsIn(events.items.filter(selects)) : [];
}

function wordsIn(events: readonly Event[]): Warning[] {
  const found = events.map(
    (event): Warning => ({
      reason: event.reason ?? '',
      message: event.message ?? '',
      count: event.series?.count ?? event.count ?? 1,
      lastSeen: lastSeenOf(event),
      by: event.source?.component || event.reportingComponent || null,
    }),
  );
  const sorted = found.sort((a, b) => (b.lastSeen ?? '').localeCompare(a.lastSeen ?? ''));
  const told = new Set<string>();
  return sorted.filter(({ reason, message }) => {
    const text = `${reason}\n${message}`;
    return !told.has(text) && Boolean(told.add(text));
  });
}

/**
 * Whether an event is about this object. The uids must be equal, because the event may be about an earlier object of
 * the same name.
 */
export function isAbout(
  { involvedObject }: Event,
  { kind, namespace, name }: ObjectReference,
  uid: string | undefined,
): boolean {
  if (involvedObject.kind !== kind || involvedObject.name !== name) return false;
  if ((involvedObject.namespace ?? '') !== namespace) return false;
  return !uid || !involvedObject.uid || involvedObject.uid === uid;
}

/** The time of an event. Client libraries write it into one of three fields (core/v1, Event). */
function lastSeenOf({ series, lastTimestamp, eventTime, metadata }: Event): string | null {
  return series?.lastObservedTime ?? lastTimestamp ?? eventTime ?? metadata?.creationTimestamp ?? null;
}
