import { compareEndpoints, type Endpoint } from '../../exposure/endpoint.ts';
import type { Connection } from '../../kubernetes/api/connect.ts';
import type { ListRequests } from '../../kubernetes/snapshots/collect.ts';
import { SnapshotWatcher } from '../../kubernetes/snapshots/snapshot-watcher.ts';
import { type ChangedRows, LiveEndpoints, type LiveOptions } from '../../modes/live-endpoints.ts';
import type { Snapshot } from '../../snapshot/snapshot.ts';
import type { System } from '../../system.ts';
import { type ConnectionValues, exitCodes } from '../command.ts';
import { type EndpointPrinting, printEndpoints, reportUnobserved } from './print.ts';

/** The endpoints to watch, and how to print them. */
export interface Watching extends LiveOptions {
  readonly connection: Connection;
  readonly look: ListRequests;
  readonly snapshot: Snapshot;
  /** Whether the user asked for a row with these values (`--scope`, `--access`, `--state`). */
  isShown(row: Endpoint): boolean;
  readonly printing: EndpointPrinting;
  readonly connectionValues: ConnectionValues;
}

/**
 * Prints all rows, and then each row again when it changes, until the user interrupts the command. AGE is the age at
 * that time, as in `kubectl get --watch`. After a row is deleted, prints it once more, as Closed. The table leaves this
 * out if the same port has a new row through another object. A row is also printed when it stops matching the filters.
 * JSON is one document per line, and YAML documents begin with `---`, because a program reads a stream.
 */
export async function watchEndpoints(watching: Watching, system: System): Promise<number> {
  const { connection, look, snapshot, isShown } = watching;
  const printing = { ...watching.printing, layout: { widths: [] }, isStream: true };
  const live = new LiveEndpoints(snapshot, watching);
  const first = live.rows.toSorted(compareEndpoints);
  reportUnobserved(snapshot, first, watching.connectionValues, system);
  await printEndpoints(snapshot, first.filter(isShown), printing, system);
  const watcher = new SnapshotWatcher(connection, snapshot, { signal: system.interrupted });
  let asked = { ...look.requests, ...look.followUp?.(snapshot) };
  watcher.watch(asked);
  for await (const changes of watcher.changes()) {
    live.apply(changes);
    const part = live.changedPart((emptied) => watcher.snapshot(emptied));
    asked = { ...asked, ...look.followUp?.(part) };
    watcher.watch(asked);
    if (watcher.awaits(asked)) continue;
    const rows = newsIn(live.renew(part), isShown, printing.format.name === 'table');
    if (rows.length > 0) await printEndpoints(part, rows, { ...printing, withHeaders: false }, system);
  }
  return exitCodes.fine;
}

/**
 * The rows to print again: first those that are gone, then those that changed.
 *
 * @param isTable whether a row that is gone is left out if the same port has a new row. For example, a port in ingress
 * mode has a row of its Service, until its Ingress exists. Such a table does not show the objects.
 */
function newsIn({ before, after }: ChangedRows, isShown: (row: Endpoint) => boolean, isTable: boolean): Endpoint[] {
  const earlier = byIdentity(before);
  const now = byIdentity(after);
  const changed = [...now].filter(([identity, row]) => {
    const last = earlier.get(identity);
    return (isShown(row) || (last && isShown(last))) && JSON.stringify(row) !== JSON.stringify(last);
  });
  const fresh = new Set(changed.filter(([identity]) => !earlier.has(identity)).map(([, row]) => portOf(row)));
  const gone = [...earlier].filter(
    ([identity, row]) => !now.has(identity) && isShown(row) && !(isTable && fresh.has(portOf(row))),
  );
  return [...gone.map(([, row]) => closed(row)), ...changed.map(([, row]) => row)];
}

/**
 * The rows by what stays the same when a row changes. One object may have several rows for a port, such as an Ingress
 * with two paths. Their order, which is that of their URLs, is then a part of the key.
 */
function byIdentity(endpoints: readonly Endpoint[]): Map<string, Endpoint> {
  const groups = Map.groupBy(endpoints.toSorted(compareEndpoints), (row) => {
    const { kind, name } = row.source[0]!;
    return `${portOf(row)} ${kind} ${name}`;
  });
  return new Map([...groups].flatMap(([identity, rows]) => rows.map((row, at) => [`${identity} ${at}`, row] as const)));
}

function portOf({ nameOnCloud, port, protocol, mode, source }: Endpoint): string {
  return `${source[0]!.namespace}/${nameOnCloud} ${port}/${protocol} ${mode}`;
}

function closed(row: Endpoint): Endpoint {
  const { kind, name } = row.source[0]!;
  return {
    ...row,
    address: null,
    addresses: [],
    url: null,
    inClusterUrl: null,
    scope: null,
    state: 'Closed',
    reason: `no longer open through ${kind} ${name}`,
  };
}
