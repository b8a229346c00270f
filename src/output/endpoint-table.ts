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

export interface EndpointTableOptions {
  readonly wide: boolean;
  /** Whether to show the namespace (`-A`, `-o wide`). */
  readonly withNamespace: boolean;
  readonly withHeaders: boolean;
  /** The present time, to compute ages, in ISO 8601. */
  readonly now: string;
  /** The column widths, kept between the lines of `--watch`. */
  readonly layout?: TableLayout;
  /** The answers of the called endpoints. With them, the table has the column ANSWER. */
  readonly answers?: ReadonlyMap<Endpoint, Answer> | undefined;
  /** Whether ports that SkyServe does not use yet can share a row. */
  readonly withRanges?: boolean;
}

/**
 * The table of endpoints in kubectl's layout. The reason of an endpoint is on a line below its row, or in a column with
 * `wide`.
 */
export function renderEndpointTable(endpoints: readonly Endpoint[], options: EndpointTableOptions): string {
  const { wide, withNamespace, withHeaders } = options;
  const headers = [
    ...(withNamespace || wide ? ['NAMESPACE'] : []),
    ...['SKYCLUSTER', 'PORT', 'MODE', 'ENDPOINT', 'STATE'],
    ...(options.answers ? ['ANSWER'] : []),
    'AGE',
    ...(wide ? ['SCOPE', 'ACCESS', 'IN-CLUSTER', 'MANAGED-BY', 'SKYPILOT-PRINTS', 'REASON'] : []),
  ];
  const rows = (options.withRanges ? rangesIn(endpoints, options.answers) : endpoints.map((each) => [each])).map(
    (group) => rowOf(group, options),
  );
  return renderTable(withHeaders ? headers : undefined, rows, options.layout);
}

/**
 * Groups the endpoints into rows. Each endpoint has its own row, with one exception. Ports that SkyPilot opened in
 * advance share a row if they have the same object, address and answer.
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
      endpoint.access.join(','),
      endpoint.inClusterUrl ?? '<none>',
      endpoint.managedBy,
      endpoint.skyPilot.prints ?? '<none>',
      reason,
    ],
  };
}

// As in kubectl, do not show the default protocol, TCP.
function portText({ port, protocol }: Endpoint): string {
  return protocol === 'TCP' ? String(port) : `${port}/${protocol}`;
}

/** The URL of a range of ports, with PORT in place of the port. */
function rangeText(endpoint: Endpoint): string {
  const text = endpointText(endpoint);
  const port = String(endpoint.port);
  return text.replace(new RegExp(`${port}(/?)$`), 'PORT$1');
}

/** The URL of an endpoint. If it has no URL, `address:port`. If it has no address, `<pending>`. */
export function endpointText({ url, address, addressPort }: Endpoint): string {
  if (url !== null) return url;
  return address === null ? '<pending>' : hostAndPort(address, addressPort);
}
