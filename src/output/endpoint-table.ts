import { rangesOf } from '../doctor/format.ts';
import type { Answer } from '../doctor/subjects/answer.ts';
import { type Endpoint, isOpenedInAdvance } from '../exposure/endpoint.ts';
import { hostAndPort } from '../exposure/url.ts';
import { humanDuration } from '../snapshot/text.ts';
import { renderTable, type TableLayout, type TableRow } from './table.ts';

/**
 * The age of an object as kubectl's AGE column shows it.
 *
 * @param since ISO 8601; null returns `<unknown>`
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
  /** The column widths, kept between the lines of `--watch`. */
  readonly layout?: TableLayout;
  /** The answers from calling the endpoints. If set, the table has the column ANSWER. */
  readonly answers?: ReadonlyMap<Endpoint, Answer> | undefined;
  /** Whether ports that SkyServe does not use yet share rows. */
  readonly withRanges?: boolean;
}

/**
 * The table of endpoints in kubectl's layout. The reason of an endpoint is on a line below its row; with `wide`, in a
 * column.
 */
export function renderEndpointTable(endpoints: readonly Endpoint[], options: EndpointTableOptions): string {
  const { wide, withNamespace, withHeaders } = options;
  const headers = [
    ...(withNamespace || wide ? ['NAMESPACE'] : []),
    ...['SKYCLUSTER', 'PORT', 'MODE', 'ENDPOINT', 'STATE'],
    ...(options.answers ? ['ANSWER'] : []),
    'AGE',
    ...(wide ? ['SCOPE', 'IN-CLUSTER', 'MANAGED-BY', 'SKYPILOT-PRINTS', 'REASON'] : []),
  ];
  const rows = (options.withRanges ? rangesIn(endpoints, options.answers) : endpoints.map((each) => [each])).map(
    (group) => rowOf(group, options),
  );
  return renderTable(withHeaders ? headers : undefined, rows, options.layout);
}

/**
 * Groups the endpoints into rows. Ports that SkyPilot opened in advance share a row if they have the same object, address
 * and answer. Every other endpoint has its own row.
 */
function rangesIn(endpoints: readonly Endpoint[], answers: EndpointTableOptions['answers']): Endpoint[][] {
  const groups = new Map<unknown, Endpoint[]>();
  for (const row of endpoints) {
    const { nameOnCloud, mode, source, address } = row;
    const { kind, namespace, name } = source[0]!;
    const place = [nameOnCloud, mode, kind, namespace, name, address, answers?.get(row)?.text];
    const key = isOpenedInAdvance(row) ? place.join(' ') : row;
    const group = groups.get(key);
    if (group) group.push(row);
    else groups.set(key, [row]);
  }
  return [...groups.values()];
}

function rowOf(group: readonly Endpoint[], { wide, withNamespace, now, answers }: EndpointTableOptions): TableRow {
  const endpoint = group[0]!;
  const { namespace, skyCluster, mode, state, reason } = endpoint;
  const isRange = group.length > 1;
  const ports = isRange ? rangesOf(group.map(({ port }) => port)).join(',') : portText(endpoint);
  const cells = [
    ...(withNamespace || wide ? [namespace] : []),
    ...[skyCluster, ports, mode, isRange ? rangeText(endpoint) : endpointText(endpoint), state],
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

// As in kubectl, TCP is the default and is not shown.
function portText({ port, protocol }: Endpoint): string {
  return protocol === 'TCP' ? String(port) : `${port}/${protocol}`;
}

/** The URL of the ports of a range, with the placeholder PORT. */
function rangeText(endpoint: Endpoint): string {
  const text = endpointText(endpoint);
  const port = String(endpoint.port);
  return text.replace(new RegExp(`${port}(/?)$`), 'PORT$1');
}

/** The URL. Without a URL, `address:port`. Without an address, `<pending>`. */
export function endpointText({ url, address, addressPort }: Endpoint): string {
  if (url !== null) return url;
  return address === null ? '<pending>' : hostAndPort(address, addressPort);
}
