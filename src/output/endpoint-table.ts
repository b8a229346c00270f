import { rangesOf } from '../doctor/format.ts';
import type { Answer } from '../doctor/subjects/answer.ts';
import { type Endpoint, isOpenedInAdvance } from '../exposure/endpoint.ts';
import { hostAndPort } from '../exposure/url.ts';
import { humanDuration } from '../snapshot/text.ts';
import type { Style, StyledLine } from '../system.ts';
import { styled } from './look.ts';
import { type Cell, type Column, renderTable, type TableLayout, type TableRow } from './table.ts';

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
  /** The layout, kept between the lines of `--watch`. */
  readonly layout?: TableLayout;
  /**
   * The context of each row, and the present time of its API server. With them, the table begins with the column
   * CONTEXT.
   */
  readonly contexts?: ReadonlyMap<Endpoint, { readonly name: string; readonly now: string }>;
  /** The answers of the called endpoints. With them, the table has the column ANSWER. */
  readonly answers?: ReadonlyMap<Endpoint, Answer> | undefined;
  /** Whether ports that SkyServe does not use yet can share a row. */
  readonly withRanges?: boolean;
  /** The width of the terminal; Infinity for a pipe. */
  readonly width?: number;
}

/** A column of the table of endpoints. */
interface EndpointColumn extends Column {
  /** If absent, the column is always shown. */
  readonly isShown?: (options: EndpointTableOptions) => boolean;
  readonly cell: (row: Row, options: EndpointTableOptions) => Cell;
}

/** The endpoints of one row. All of them have the values of the first, except the port. */
interface Row {
  readonly endpoint: Endpoint;
  readonly ports: readonly number[];
}

const isWide = ({ wide }: EndpointTableOptions) => wide;
/** How the columns of `-o wide` make room on a narrow terminal. */
const labelled = { step: 1, how: 'labelled' } as const;

/** The colours of the states. */
export const styleOfState: Readonly<Record<Endpoint['state'], Style>> = {
  Ready: 'good',
  Pending: 'warning',
  NoBackends: 'warning',
  Unknown: 'warning',
  Broken: 'bad',
  Closed: 'faint',
};

const columns: readonly EndpointColumn[] = [
  {
    header: 'CONTEXT',
    isShown: ({ contexts }) => contexts !== undefined,
    cell: ({ endpoint }, { contexts }) => contexts?.get(endpoint)?.name ?? '',
  },
  {
    header: 'NAMESPACE',
    isShown: ({ withNamespace, wide }) => withNamespace || wide,
    cell: ({ endpoint }) => endpoint.namespace,
  },
  { header: 'SKYCLUSTER', cell: ({ endpoint }) => endpoint.skyCluster },
  {
    header: 'PORT',
    cell: ({ endpoint, ports }) => (ports.length > 1 ? rangesOf(ports).join(',') : portText(endpoint)),
  },
  { header: 'MODE', cell: ({ endpoint }) => endpoint.mode, narrow: { step: 4, how: 'out' } },
  {
    header: 'ENDPOINT',
    cell: ({ endpoint, ports }) => {
      const text = ports.length > 1 ? rangeText(endpoint) : endpointText(endpoint);
      return endpoint.address === null ? text : styled('strong', text);
    },
    narrow: { step: 2, how: 'below' },
  },
  { header: 'STATE', cell: ({ endpoint: { state } }) => styled(styleOfState[state], state) },
  {
    header: 'ANSWER',
    isShown: ({ answers }) => answers !== undefined,
    cell: ({ endpoint }, { answers }) => answers?.get(endpoint)?.text ?? 'not called',
    narrow: { step: 2, how: 'labelled' },
  },
  {
    header: 'AGE',
    cell: ({ endpoint }, { now, contexts }) => ageOf(endpoint.createdAt, contexts?.get(endpoint)?.now ?? now),
    narrow: { step: 3, how: 'out' },
  },
  {
    header: 'SCOPE',
    isShown: isWide,
    cell: ({ endpoint: { scope, address } }) => scope ?? (address === null ? '<none>' : '<unknown>'),
    narrow: labelled,
  },
  { header: 'ACCESS', isShown: isWide, cell: ({ endpoint }) => endpoint.access.join(','), narrow: labelled },
  {
    header: 'IN-CLUSTER',
    isShown: isWide,
    cell: ({ endpoint }) => endpoint.inClusterUrl ?? '<none>',
    narrow: labelled,
  },
  { header: 'MANAGED-BY', isShown: isWide, cell: ({ endpoint }) => endpoint.managedBy, narrow: labelled },
  {
    header: 'SKYPILOT-PRINTS',
    isShown: isWide,
    cell: ({ endpoint }) => endpoint.skyPilot.prints ?? '<none>',
    narrow: labelled,
  },
  { header: 'REASON', isShown: isWide, cell: ({ endpoint }) => endpoint.reason, narrow: { step: 1, how: 'below' } },
];

/**
 * The table of endpoints in kubectl's layout. The reason of an endpoint is on a line below its row, or in a column with
 * `wide`. On a narrow terminal, the columns of `wide` move below the row first, and then the URL. After that, AGE and MODE
 * are left out.
 */
export function renderEndpointTable(endpoints: readonly Endpoint[], options: EndpointTableOptions): StyledLine[] {
  const { wide, withHeaders, layout, width } = options;
  const shown = columns.filter(({ isShown }) => isShown?.(options) ?? true);
  const groups = options.withRanges ? rangesIn(endpoints, options) : endpoints.map((each) => [each]);
  const rows = groups.map((group): TableRow => {
    const row = { endpoint: group[0]!, ports: group.map(({ port }) => port) };
    const { reason } = row.endpoint;
    const cells = shown.map(({ cell }) => cell(row, options));
    return { cells, notes: wide || reason === '' ? [] : [reason] };
  });
  return renderTable(shown, rows, { withHeaders, ...(layout && { layout }), ...(width && { width }) });
}

/**
 * Groups the endpoints into rows. Each endpoint has its own row, with one exception. Ports that SkyPilot opened in
 * advance share a row if they have the same object, address and answer.
 */
function rangesIn(
  endpoints: readonly Endpoint[],
  { answers, contexts }: Pick<EndpointTableOptions, 'answers' | 'contexts'>,
): Endpoint[][] {
  const groups = new Map<unknown, Endpoint[]>();
  for (const row of endpoints) {
    const { nameOnCloud, mode, source, address } = row;
    const { kind, namespace, name } = source[0]!;
    const place = [
      contexts?.get(row)?.name,
      nameOnCloud,
      mode,
      kind,
      namespace,
      name,
      address,
      answers?.get(row)?.text,
    ];
    const key = isOpenedInAdvance(row) ? place.join(' ') : row;
    const group = groups.get(key);
    if (group) group.push(row);
    else groups.set(key, [row]);
  }
  return [...groups.values()];
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
