import { statSync } from 'node:fs';
import { completeLog } from '../../test/cluster/audit-log.ts';
import { cluster } from '../../test/cluster/current-cluster.ts';
import { type Program, roundRobin } from './measure.ts';

/** What a command sends to the API server. */
export interface RoundTrips {
  readonly requests: number;
  /** How often it waits for answers before it sends the next requests, without the handshake. */
  readonly inARow: number;
}

/**
 * Counts the requests of a program in the audit log of the API server, and how many of them wait for others.
 *
 * @param program calls the API server over a connection with this round-trip time
 */
export async function roundTripsOf(program: Program, roundTripMs: number): Promise<RoundTrips> {
  const before = statSync(cluster().auditLog).size;
  await roundRobin([program], 1, 0);
  const arrivals = new Map<string, number>();
  for (const line of (await completeLog(before)).split('\n')) {
    const { auditID, userAgent = '', requestReceivedTimestamp } = JSON.parse(line) as AuditEvent;
    if (userAgent.startsWith('kubectl-skyports/')) arrivals.set(auditID, Date.parse(requestReceivedTimestamp));
  }
  const times = [...arrivals.values()].sort((one, other) => one - other);
  const pauses = times.filter((time, index) => index > 0 && time - times[index - 1]! > roundTripMs / 2);
  return { requests: times.length, inARow: times.length === 0 ? 0 : pauses.length + 1 };
}

interface AuditEvent {
  readonly auditID: string;
  readonly userAgent?: string;
  readonly requestReceivedTimestamp: string;
}
