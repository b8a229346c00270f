import type { Event } from 'kubernetes-types/core/v1';
import { type ObjectReference, referenceTo, type WithMetadata } from '../snapshot/object-reference.ts';
import type { Observation } from '../snapshot/topics.ts';
import type { EventEvidence } from './finding.ts';
import { elapsedWords, secondsBetween, withoutStop } from './words.ts';

/** The last warning event about an object; undefined when there is none, or events were not seen. */
export function lastWarningOf(
  events: Observation<Event>,
  kind: string,
  object: WithMetadata,
): EventEvidence | undefined {
  if (!events.observed) return undefined;
  const reference = referenceTo(kind, object);
  const warnings = events.items
    .filter((event) => event.type === 'Warning' && isAbout(event, reference, object.metadata?.uid))
    .sort((a, b) => (lastSeenOf(b) ?? '').localeCompare(lastSeenOf(a) ?? ''));
  const [last] = warnings;
  if (!last) return undefined;
  const event = {
    reason: last.reason ?? '',
    message: last.message ?? '',
    count: last.series?.count ?? last.count ?? 1,
    lastSeen: lastSeenOf(last),
  };
  return { object: reference, event };
}

/** `warning event FailedDeployModel (12 times, last 3 min ago): …`. */
export function warningWords({ event }: EventEvidence, now: string): string {
  const age = secondsBetween(event.lastSeen, now);
  const facts = [
    ...(event.count > 1 ? [`${event.count} times`] : []),
    ...(age === undefined ? [] : [`last ${elapsedWords(age)} ago`]),
  ];
  return `warning event ${event.reason}${facts.length > 0 ? ` (${facts.join(', ')})` : ''}: ${withoutStop(event.message)}`;
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
