import type { Answer } from '../doctor/subjects/answer.ts';
import type { Endpoint } from '../exposure/endpoint.ts';
import { hostAndPort } from '../exposure/url.ts';
import { humanDuration } from '../snapshot/text.ts';
import { renderTable, type TableLayout, type TableRow } from './table.ts';

/**
 * The age of an object as kubectl's AGE column shows it.
 *
 * @param since ISO 8601; null gives `<unknown>`
 * @param now ISO 8601
 */
export function ageOf(since: string | null, now: string): string {
  return since === null ? '<unknown>' : humanDuration(Math.trunc((Date.parse(now) - Date.parse(since)) / 1000));
}

/** How the table of endpoints is printed. */
export interface EndpointTableOptions {
  readonly wide: boolean;
  /** With `-A`, and always with wide. */
  readonly withNamespace: boolean;
  readonly withHeaders: boolean;
  /** ISO 8601; ages are measured against it. */
  readonly now: string;
  /** Widths kept between the lines of `--watch`. */
  readonly layout?: TableLayout;
  /** What calls of the rows met; makes the column ANSWER. */
  readonly answers?: ReadonlyMap<Endpoint, Answer> | undefined;
}

/** Rows of endpoints as kubectl would print them; a row that is not Ready carries its reason. */
export function renderEndpointTable(endpoints: readonly Endpoint[], options: EndpointTableOptions): string {
  const { wide, withNamespace, withHeaders } = options;
  const headers = [
    ...(withNamespace || wide ? ['NAMESPACE'] : []),
    ...['SKYCLUSTER', 'PORT', 'MODE', 'ENDPOINT', 'STATE'],
    ...(options.answers ? ['ANSWER'] : []),
    'AGE',
    ...(wide ? ['SCOPE', 'IN-CLUSTER', 'MANAGED-BY', 'SKYPILOT-PRINTS', 'REASON'] : []),
  ];
  const rows = endpoints.map((endpoint) => rowOf(endpoint, options));
  return renderTable(withHeaders ? headers : undefined, rows, options.layout);
}

function rowOf(endpoint: Endpoint, { wide, withNamespace, now, answers }: EndpointTableOptions): TableRow {
  const { namespace, skyCluster, mode, state, reason } = endpoint;
  const cells = [
    ...(withNamespace || wide ? [namespace] : []),
    ...[skyCluster, portText(endpoint), mode, endpointText(endpoint), state],
    ...(answers ? [answers.get(endpoint)?.text ?? 'not called'] : []),
    ageOf(endpoint.createdAt, now),
  ];
  if (!wide) return { cells, notes: reason === '' ? [] : [reason] };
  return {
    cells: [
      ...cells,
      endpoint.scope ?? (endpoint.address === null ? '<none>' : '<unknown>'),
      endpoint.inClusterUrl ?? '<none>',
      endpoint.managedBy,
      endpoint.skyPilot.prints ?? '<none>',
      reason,
    ],
  };
}

// kubectl's way with protocols: TCP goes without saying.
function portText({ port, protocol }: Endpoint): string {
  return protocol === 'TCP' ? String(port) : `${port}/${protocol}`;
}

/** The URL, else `address:port`, else `<pending>`. */
export function endpointText({ url, address, addressPort }: Endpoint): string {
  if (url !== null) return url;
  return address === null ? '<pending>' : hostAndPort(address, addressPort);
}
