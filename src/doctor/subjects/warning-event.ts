import type { Event } from 'kubernetes-types/core/v1';
import { lastWarningAbout } from '../../snapshot/last-warning.ts';
import { referenceTo, type WithMetadata } from '../../snapshot/object-reference.ts';
import { humanDuration } from '../../snapshot/text.ts';
import type { Observation } from '../../snapshot/topics.ts';
import type { EventEvidence } from '../finding.ts';
import { secondsBetween, withoutStop } from '../format.ts';

/** The last warning event about an object, as evidence; undefined if no such event was seen. */
export function lastWarningOf(
  events: Observation<Event>,
  kind: string,
  object: WithMetadata,
): EventEvidence | undefined {
  const event = lastWarningAbout(events, kind, object);
  return event && { object: referenceTo(kind, object), event };
}

/** The text of an event: `warning event FailedDeployModel from service (12 times, last 3m ago): …`. */
export function warningWords({ event }: EventEvidence, now: string): string {
  const age = secondsBetween(event.lastSeen, now);
  const facts = [
    ...(event.count > 1 ? [`${event.count} times`] : []),
    ...(age === undefined ? [] : [`last ${humanDuration(Math.trunc(age))} ago`]),
  ];
  const from = event.by ? ` from ${event.by}` : '';
  return `warning event ${event.reason}${from}${facts.length > 0 ? ` (${facts.join(', ')})` : ''}: ${withoutStop(event.message)}`;
}
