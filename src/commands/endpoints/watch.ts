import type { Endpoint } from '../../exposure/endpoint.ts';
import type { Connection } from '../../kubernetes/api/connect.ts';
import type { ListRequests } from '../../kubernetes/snapshots/collect.ts';
import { watchSnapshot } from '../../kubernetes/snapshots/watch-snapshot.ts';
import type { Snapshot } from '../../snapshot/snapshot.ts';
import type { System } from '../../system.ts';
import { type ConnectionValues, exitCodes } from '../command.ts';
import { type EndpointPrinting, printEndpoints, reportUnobserved } from './print.ts';

/** The endpoints to watch, and how to print them. */
export interface Watching {
  readonly connection: Connection;
  readonly look: ListRequests;
  readonly snapshot: Snapshot;
  resolve(snapshot: Snapshot): readonly Endpoint[];
  /** Whether the user asked for a row with these values (`--scope`, `--access`, `--state`). */
  isShown(row: Endpoint): boolean;
  readonly printing: EndpointPrinting;
  readonly connectionValues: ConnectionValues;
}

/**
 * Prints all rows, and then each row again when it changes, until the user interrupts the command. AGE is the age at
 * that time, as in `kubectl get --watch`. After a row is deleted, prints it once more, as Closed. A row is also printed
 * when it stops to match the filters. JSON is one document per line, and
 * YAML documents begin with `---`, because a program reads a stream.
 */
export async function watchEndpoints(watching: Watching, system: System): Promise<number> {
  const { connection, look, snapshot, resolve, isShown } = watching;
  const printing = { ...watching.printing, layout: { widths: [] }, isStream: true };
  let rows = byIdentity(resolve(snapshot));
  reportUnobserved(snapshot, [...rows.values()], watching.connectionValues, system);
  await printEndpoints(snapshot, [...rows.values()].filter(isShown), printing, system);
  for await (const next of watchSnapshot(connection, look, snapshot, system.interrupted)) {
    const now = byIdentity(resolve(next));
    const changed = [...now].filter(([identity, row]) => {
      const earlier = rows.get(identity);
      return (isShown(row) || (earlier && isShown(earlier))) && JSON.stringify(row) !== JSON.stringify(earlier);
    });
    const gone = [...rows]
      .filter(([identity, row]) => !now.has(identity) && isShown(row))
      .map(([, row]) => closed(row));
    rows = now;
    const news = [...gone, ...changed.map(([, row]) => row)];
    if (news.length > 0) await printEndpoints(next, news, { ...printing, withHeaders: false }, system);
  }
  return exitCodes.fine;
}

function byIdentity(endpoints: readonly Endpoint[]): Map<string, Endpoint> {
  return new Map(
    endpoints.map((row) => {
      const { kind, namespace, name } = row.source[0]!;
      return [`${row.nameOnCloud} ${row.port}/${row.protocol} ${row.mode} ${kind} ${namespace}/${name}`, row];
    }),
  );
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
