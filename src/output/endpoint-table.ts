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

/** Options of the table of endpoints. */
export interface EndpointTableOptions {
  readonly wide: boolean;
  /** Set for `-A` and `-o wide`. */
  readonly withNamespace: boolean;
  readonly withHeaders: boolean;
  /** The current time for ages, ISO 8601. */
  readonly now: string;
  /** Column widths, kept between the lines of `--watch`. */
  readonly layout?: TableLayout;
  /** The results of calling the rows; adds the column ANSWER. */
  readonly answers?: ReadonlyMap<Endpoint, Answer> | undefined;
}

/** The table of endpoints in kubectl's layout. A row that is not Ready shows its reason. */
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

// Like kubectl: TCP is the default and is not shown.
function portText({ port, protocol }: Endpoint): string {
  return protocol === 'TCP' ? String(port) : `${port}/${protocol}`;
}

/** The URL, else `address:port`, else `<pending>`. */
export function endpointText({ url, address, addressPort }: Endpoint): string {
  if (url !== null) return url;
  return address === null ? '<pending>' : hostAndPort(address, addressPort);
}
