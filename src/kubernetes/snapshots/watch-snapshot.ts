import type { Snapshot } from '../../snapshot/snapshot.ts';
import type { Connection } from '../api/connect.ts';
import type { ListRequests } from './collect.ts';
import { SnapshotWatcher } from './snapshot-watcher.ts';

/**
 * Yields a new snapshot after each group of changes. If a change makes another list necessary, waits for this list
 * first. Ends when the signal aborts.
 *
 * @param onTrouble receives the error message if the requests of a topic fail twice in succession
 */
export async function* watchSnapshot(
  connection: Connection,
  look: ListRequests,
  first: Snapshot,
  signal: AbortSignal,
  onTrouble?: (message: string) => void,
): AsyncGenerator<Snapshot> {
  const watcher = new SnapshotWatcher(connection, first, { signal, ...(onTrouble && { onTrouble }) });
  watcher.watch({ ...look.requests, ...look.followUp?.(first) });
  for await (const _ of watcher.changes()) {
    const snapshot = watcher.snapshot();
    const further = look.followUp?.(snapshot) ?? {};
    watcher.watch(further);
    if (!watcher.awaits(further)) yield snapshot;
  }
}
