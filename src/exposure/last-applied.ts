import type { WithMetadata } from '../snapshot/object-reference.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import { itemsOf } from '../snapshot/topics.ts';
import type { Endpoint } from './endpoint.ts';
import { fieldManager } from './ownership.ts';

/**
 * The time that a controller may need to load a rule, in milliseconds. Until then, it answers with its own page. A page that
 * is sent later has another reason.
 */
const loadsWithinMs = 60_000;

/**
 * Whether the controller may not have loaded a row's Ingress yet: this plugin wrote the Ingress less than a minute before
 * the snapshot was taken. Both times are the API server's (`managedFields`).
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

/** Whether the status of a controller's own page means that the controller has no rule for the call, or no ready backend. */
export function isUnloadedPage(status: number): boolean {
  return status === 404 || status === 503;
}
