import type { Endpoint } from '../exposure/endpoint.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import { type Settled, whyNot } from './settle-endpoints.ts';

/** What a wait's line says of these rows, behind the time. */
export function progressOf(endpoints: readonly Endpoint[], settled: readonly Settled[], snapshot: Snapshot): string {
  const late = lateRows(endpoints, settled, snapshot);
  const what = late[0] ?? (endpoints.length === 0 ? 'no endpoint yet' : 'calling');
  return `: ${endpoints.length - late.length} of ${endpoints.length} ready; ${what}`;
}

/** What is not there yet: `train port 8888 is Pending (no load balancer …)`, `train port 8888 does not answer (refused)`. */
export function lateRows(endpoints: readonly Endpoint[], settled: readonly Settled[], snapshot: Snapshot): string[] {
  const answering = new Map(settled.map((each) => [each.row, each]));
  return endpoints.flatMap((row) => {
    const name = `${row.skyCluster} port ${row.port}`;
    if (row.state !== 'Ready') return [`${name} is ${row.state} (${row.reason})`];
    const each = answering.get(row);
    return each && each.standing !== 'answers' && each.standing !== 'not-called'
      ? [`${name} does not answer (${whyNot(each, snapshot)})`]
      : [];
  });
}
