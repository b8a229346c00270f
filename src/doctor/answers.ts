import type { Endpoint } from '../exposure/endpoint.ts';
import { allModes } from '../modes/all-modes.ts';
import { type AddressProbe, probeKey } from '../snapshot/probe.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import { itemsOf } from '../snapshot/topics.ts';
import { targetsOf } from './probe-targets.ts';

/** What one call of a port's URL met. */
export interface Answer {
  readonly url: string;
  /** The HTTP status; null if HTTP was not answered. */
  readonly status: number | null;
  readonly outcome:
    | 'answered'
    | 'controller-page'
    | 'open'
    | 'refused'
    | 'no-answer'
    | 'unreachable'
    | 'unknown-name'
    | 'not-called';
  /** From the first question to the last answer; null in dumps of earlier versions. */
  readonly ms: number | null;
}

/** The answers of the judged ports, in the order of the rows. */
export function answersOf(rows: readonly Endpoint[], snapshot: Snapshot): Answer[] {
  const probes = new Map(itemsOf(snapshot.topics.probes).map((probe) => [probeKey(probe), probe]));
  return rows.flatMap((row) =>
    targetsOf(row).flatMap((target) => {
      const probe = probes.get(probeKey(target));
      return probe && row.url !== null ? [answerOf(row, row.url, probe)] : [];
    }),
  );
}

/** Whether the port itself answered: the app by HTTP, or a connection that something takes. */
export function isAnswer({ outcome }: Answer): boolean {
  return outcome === 'answered' || outcome === 'open';
}

/** `http://…:8888 answers 200 in 12 ms`. */
export function answerWords({ url, status, outcome, ms }: Answer): string {
  const time = ms === null ? '' : ` in ${ms} ms`;
  return outcome === 'answered' ? `${url} answers ${status}${time}` : `${url} takes connections${time}`;
}

function answerOf({ mode }: Endpoint, url: string, probe: AddressProbe): Answer {
  const { http, connection, names } = probe;
  const status = http?.outcome === 'answered' ? http.status : null;
  const ms = probe.tookMs ?? null;
  // The address may answer although callers do not find it by the name in the URL.
  if (names.some(({ name, outcome }) => name === probe.host && outcome !== 'resolved')) {
    return { url, status, outcome: 'unknown-name', ms };
  }
  if (status !== null) return { url, status, outcome: http?.page ? 'controller-page' : 'answered', ms };
  // A controller that takes the connection is not the app; without TLS an https port is not open.
  const isMute = connection?.outcome === 'open' && (http === null || allModes[mode].answeredBy === 'controller');
  if (connection) return { url, status, outcome: isMute ? 'no-answer' : connection.outcome, ms };
  const isLost = names.some(({ outcome }) => outcome !== 'resolved');
  return { url, status, outcome: isLost ? 'unknown-name' : 'not-called', ms };
}
