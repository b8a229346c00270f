import type { WithMetadata } from '../snapshot/object-reference.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import { itemsOf } from '../snapshot/topics.ts';
import type { Endpoint } from './endpoint.ts';
import { fieldManager } from './ownership.ts';

/**
 * The time that a controller may need to load a rule, in milliseconds. Until the rule is loaded, the controller sends
 * its own error page. If it still sends this page later, there is another reason.
 */
const loadsWithinMs = 60_000;

/**
 * Whether the controller may not have loaded a row's Ingress yet. This is so if this plugin wrote the Ingress less than
 * a minute before the snapshot. Both times are from the clock of the API server (`managedFields`).
 */
export function mayBeUnloaded({ source }: Pick<Endpoint, 'source'>, { takenAt, topics }: LoadedFrom): boolean {
  const [first] = source;
  const ingress = itemsOf(topics.ingresses).find(
    ({ metadata }: WithMetadata) => metadata?.name === first?.name && metadata?.namespace === first?.namespace,
  );
  const times = (ingress?.metadata?.managedFields ?? []).flatMap(({ manager, time }) =>
    manager === fieldManager && time ? [Date.parse(time)] : [],
  );
  return Date.parse(takenAt) - Math.max(...times) < loadsWithinMs;
}

type LoadedFrom = Pick<Snapshot, 'takenAt' | 'topics'>;

/**
 * Whether the HTTP status of a controller's own error page is 404 or 503. It means that the controller has no rule for
 * the call, or no ready backend.
 */
export function isUnloadedPage(status: number): boolean {
  return status === 404 || status === 503;
}
