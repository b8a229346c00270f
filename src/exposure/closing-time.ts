import type { Service } from 'kubernetes-types/core/v1';
import type { WithMetadata } from '../snapshot/object-reference.ts';

/**
 * The annotation of a Service with the time when `expose --for` closes one of its ports: ISO 8601, in UTC. Each port has
 * its own annotation, since one Service may open several ports for different times.
 */
export const closingAnnotation = (port: number): string => `${prefix}${port}`;
const prefix = 'skyports/closes-at.';

/** Whether a key of an annotation is reserved for closing times. */
export function isClosingAnnotation(key: string): boolean {
  return key.startsWith(prefix);
}

/**
 * The request for closing times: the time when the ports close (ISO 8601), or null for ports that stay open. Undefined
 * changes nothing.
 */
export type ClosesAt = string | null | undefined;

/** The time when a port of the Service closes, as it was written; undefined if the port stays open. */
export function closingTimeOf({ metadata }: WithMetadata, port: number): string | undefined {
  return metadata?.annotations?.[closingAnnotation(port)];
}

/** The ports of a Service that close at a time, and these times. Annotations of ports that are not open are left out. */
export function closingTimesOf(service: Service): { readonly port: number; readonly closesAt: string }[] {
  return (service.spec?.ports ?? []).flatMap(({ port }) => {
    const closesAt = closingTimeOf(service, port);
    return closesAt === undefined ? [] : [{ port, closesAt }];
  });
}

/**
 * The changes of a Service's annotations for a request. A port that is open without a closing time was opened to stay, so
 * it gets none.
 *
 * @param live the Service before the change; undefined if it does not exist
 */
export function closingChanges(
  ports: readonly number[],
  closesAt: ClosesAt,
  live: Service | undefined,
): { readonly set: Readonly<Record<string, string>>; readonly remove: readonly string[] } {
  if (closesAt === undefined) return { set: {}, remove: [] };
  if (closesAt === null) return { set: {}, remove: ports.map(closingAnnotation) };
  const open = new Set((live?.spec?.ports ?? []).map(({ port }) => port));
  const closing = ports.filter((port) => !open.has(port) || (live && closingTimeOf(live, port) !== undefined));
  return { set: Object.fromEntries(closing.map((port) => [closingAnnotation(port), closesAt])), remove: [] };
}

/**
 * How long after its time a port counts as forgotten, in milliseconds. In this time, the `expose --for` that opened the
 * port closes it.
 */
const graceMs = 60_000;

/** Whether the time of a port is over, and the command that opened the port has not closed it. An invalid time is over. */
export function isOverdue(closesAt: string, now: string): boolean {
  const end = Date.parse(closesAt);
  return Number.isNaN(end) || Date.parse(now) >= end + graceMs;
}
