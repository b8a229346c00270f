import type { Service } from 'kubernetes-types/core/v1';
import type { WithMetadata } from '../snapshot/object-reference.ts';

/**
 * The annotation for the time when `expose --for` closes a port of a Service: ISO 8601, in UTC. Each port has its own
 * annotation, because one Service may open several ports for different times.
 */
export const closingAnnotation = (port: number): string => `${prefix}${port}`;
const prefix = 'skyports/closes-at.';

/** Whether an annotation key is reserved for closing times. */
export function isClosingAnnotation(key: string): boolean {
  return key.startsWith(prefix);
}

/**
 * What to do with the closing times of ports. A time (ISO 8601): the ports close then. Null: the ports stay open.
 * Undefined: nothing changes.
 */
export type ClosesAt = string | null | undefined;

/** The time when a port of the Service closes, as in the annotation; undefined if the port stays open. */
export function closingTimeOf({ metadata }: WithMetadata, port: number): string | undefined {
  return metadata?.annotations?.[closingAnnotation(port)];
}

/**
 * The ports of a Service that have a closing time, and these times. Annotations for ports that are not open are
 * ignored.
 */
export function closingTimesOf(service: Service): { readonly port: number; readonly closesAt: string }[] {
  return (service.spec?.ports ?? []).flatMap(({ port }) => {
    const closesAt = closingTimeOf(service, port);
    return closesAt === undefined ? [] : [{ port, closesAt }];
  });
}

/**
 * The annotations to set and to remove on a Service, so that its ports close as requested. A port that is already open
 * without a closing time gets none, because it was opened to stay.
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
 * How long to wait after the closing time of a port before it counts as forgotten, in milliseconds. Until then, the
 * `expose --for` that opened the port can still close it.
 */
const graceMs = 60_000;

/** Whether the closing time of an open port was more than a minute ago. An invalid closing time counts as over. */
export function isOverdue(closesAt: string, now: string): boolean {
  const end = Date.parse(closesAt);
  return Number.isNaN(end) || Date.parse(now) >= end + graceMs;
}
