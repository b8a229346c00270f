import { advice } from '../../errors/cure.ts';
import { UsageError } from '../../errors/usage-error.ts';
import type { Endpoint } from '../../exposure/endpoint.ts';
import { unobservedTopics } from '../../exposure/uncertainty.ts';
import {
  type ContextPart,
  type EndpointList,
  endpointListOf,
  endpointListOfContexts,
  skyLinesOf,
  sourceNamesOf,
} from '../../output/endpoint-list.ts';
import { type EndpointTableOptions, renderEndpointTable } from '../../output/endpoint-table.ts';
import { jsonParts, renderJsonLine } from '../../output/json.ts';
import { layoutColumns } from '../../output/look.ts';
import type { TableLayout } from '../../output/table.ts';
import { terminalText } from '../../output/terminal-text.ts';
import type { Snapshot } from '../../snapshot/snapshot.ts';
import type { Topic } from '../../snapshot/topics.ts';
import { unseenCures, unseenWords } from '../../snapshot/unseen-words.ts';
import type { StyledLine, System } from '../../system.ts';
import type { ConnectionValues } from '../command.ts';
import { didYouMean } from '../flags/did-you-mean.ts';
import { sayWithCures } from '../messages.ts';
import { type EndpointFormatName, endpointFormats } from './command.ts';
import type { Answers } from './settle.ts';

/** The parsed value of `-o`. */
export type EndpointFormat =
  | { readonly name: EndpointFormatName }
  | { readonly name: 'jsonpath'; readonly template: string };

/**
 * Parses the value of `-o`.
 *
 * @throws UsageError for an unknown format or an invalid template
 */
export async function parseEndpointFormat(text: string | undefined): Promise<EndpointFormat> {
  if (text === undefined || text === '') return { name: 'table' };
  if (text.startsWith('jsonpath=')) {
    const template = text.slice('jsonpath='.length);
    (await import('../../output/jsonpath.ts')).checkJsonPath(template);
    return { name: 'jsonpath', template };
  }
  const name = endpointFormats.find((each) => each === text);
  if (name) return { name };
  throw new UsageError('unknown-output-format', `unknown output format "${text}"`, [
    advice(
      didYouMean(text, endpointFormats, '-o') ?? `-o takes one of ${endpointFormats.join(', ')}, jsonpath=TEMPLATE`,
    ),
  ]);
}

/** Whether a format is a table or a tree for people. Without rows, nothing is printed in such a format. */
export function isForPeople({ name }: EndpointFormat): boolean {
  return name === 'table' || name === 'wide' || name === 'tree';
}

/** How to print endpoints. */
export interface EndpointPrinting {
  readonly format: EndpointFormat;
  readonly withHeaders: boolean;
  /** The Service of the ingress controller, if the user named it. */
  readonly ingressService?: string | undefined;
  /** Whether the user named ports. If so, every port has its own row. */
  readonly portsNamed: boolean;
  /** The column widths, which stay the same during `--watch`. */
  readonly layout?: TableLayout;
  /** Whether more documents follow (`--watch`). Then a JSON document is one line, and a YAML document begins with `---`. */
  readonly isStream?: boolean;
  /** The results of calling the URLs of the rows (`--check`). */
  readonly answers?: Answers | undefined;
}

/**
 * Prints endpoints on stdout in the requested format. `-o sky` prints on stdout only what SkyPilot would print, and the
 * other endpoints on stderr.
 */
export function printEndpoints(
  snapshot: Snapshot,
  endpoints: readonly Endpoint[],
  printing: EndpointPrinting,
  system: System,
): Promise<void> {
  const list = () => endpointListOf(snapshot, endpoints, printing.answers);
  const table = { now: snapshot.takenAt, withNamespace: snapshot.namespace === null };
  return print({ list, parts: [{ snapshot, endpoints }], table, printing, system });
}

/** Prints the endpoints of several contexts as one list. The table begins with the column CONTEXT. */
export function printContexts(
  parts: readonly ContextPart[],
  printing: EndpointPrinting,
  system: System,
): Promise<void> {
  const read = parts.filter((part) => 'snapshot' in part);
  const namespaces = new Set(read.map(({ snapshot }) => snapshot.namespace));
  const contexts = new Map(
    read.flatMap(({ context, snapshot, endpoints }) =>
      endpoints.map((row) => [row, { name: context, now: snapshot.takenAt }] as const),
    ),
  );
  const table = { now: '', withNamespace: namespaces.has(null) || namespaces.size > 1, contexts };
  const list = () => endpointListOfContexts(parts, printing.answers);
  return print({ list, parts: read, table, printing, system });
}

interface Printed {
  /** The document for `-o json` and its like. */
  list(): EndpointList;
  /** The rows of each context, and the snapshot that contains them. */
  readonly parts: readonly { readonly snapshot: Snapshot; readonly endpoints: readonly Endpoint[] }[];
  readonly table: Pick<EndpointTableOptions, 'now' | 'withNamespace' | 'contexts'>;
  readonly printing: EndpointPrinting;
  readonly system: System;
}

async function print(printed: Printed): Promise<void> {
  const { printing, system, list } = printed;
  const { format } = printing;
  if (format.name === 'jsonpath') {
    const { renderJsonPath } = await import('../../output/jsonpath.ts');
    system.stdout.document(renderJsonPath(format.template, list()));
    return;
  }
  const rendered = await renderers[format.name](printed);
  if (typeof rendered === 'string') system.stdout.document(rendered);
  else if (Array.isArray(rendered)) system.stdout.lines(rendered);
  else await system.stdout.documentParts(rendered as Iterable<string>);
}

/** A format for programs returns a text, at once or in parts, and a format for people returns lines. */
type Renderer = (printed: Printed) => Rendered | Promise<Rendered>;
type Rendered = string | Generator<string> | readonly StyledLine[];

const renderers: Readonly<Record<EndpointFormatName, Renderer>> = {
  table: (printed) => table(printed, false),
  wide: (printed) => table(printed, true),
  tree,
  json: ({ list, printing: { isStream } }) => (isStream ? renderJsonLine(list()) : jsonParts(list())),
  async yaml({ list, printing: { isStream } }) {
    const { renderYaml } = await import('../../output/yaml.ts');
    return `${isStream ? '---\n' : ''}${await renderYaml(list())}`;
  },
  name: ({ parts }) => linesOf(parts.flatMap(({ endpoints }) => sourceNamesOf(endpoints))),
  url: ({ parts }) => linesOf(parts.flatMap(({ endpoints }) => endpoints).flatMap(({ url }) => url ?? [])),
  sky({ parts, system }) {
    const { lines, withheld } = skyLinesOf(parts.flatMap(({ endpoints }) => endpoints));
    system.stderr.document(linesOf(withheld));
    return linesOf(lines);
  },
};

function table({ parts, table: where, printing, system: { stdout } }: Printed, wide: boolean): StyledLine[] {
  const { withHeaders, portsNamed, layout, answers } = printing;
  const withRanges = !wide && !portsNamed;
  const options = { ...where, wide, withHeaders, answers, withRanges, width: layoutColumns(stdout) };
  const endpoints = parts.flatMap((part) => part.endpoints);
  return renderEndpointTable(endpoints, layout ? { ...options, layout } : options);
}

/** The tree of each context. If the list has several contexts, each tree begins with the name of its context. */
async function tree({ parts, table: { withNamespace, contexts }, printing, system }: Printed): Promise<StyledLine[]> {
  const [{ renderPathTree, treeOfEndpoints }, { indexSnapshot }] = await Promise.all([
    import('../../output/path-tree.ts'),
    import('../../exposure/snapshot-index.ts'),
  ]);
  const columns = layoutColumns(system.stdout);
  return parts.flatMap(({ snapshot, endpoints }): StyledLine[] => {
    const view = indexSnapshot(snapshot, { ingressService: printing.ingressService });
    const lines = renderPathTree(treeOfEndpoints(endpoints, view), withNamespace ?? false, columns);
    return contexts && lines.length > 0 ? [`context ${snapshot.context}:`, ...lines] : lines;
  });
}

function linesOf(lines: readonly string[]): string {
  return lines.map((line) => `${terminalText(line)}\n`).join('');
}

/** The topics whose objects are rows. If one of them was not seen, rows may be missing. */
const listTopics: ReadonlySet<Topic> = new Set(['pods', 'services', 'ingresses']);

/**
 * Warns on stderr of each topic that the rows need and that was not seen. Suggests how to get the missing permission.
 *
 * @param where the beginning of each warning, if the list has several contexts: `context prod: `
 */
export function reportUnobserved(
  snapshot: Snapshot,
  endpoints: readonly Endpoint[],
  values: ConnectionValues,
  system: System,
  where = '',
): void {
  const someUnknown = endpoints.some(({ state }) => state === 'Unknown');
  for (const { topic } of unobservedTopics(snapshot)) {
    const observation = snapshot.topics[topic];
    if (observation.observed) continue;
    const hasFailed = observation.reason === 'failed' || observation.reason === 'timed-out';
    if (!listTopics.has(topic) && !someUnknown && !hasFailed) continue;
    const cost = listTopics.has(topic)
      ? 'rows that need them are Unknown or missing'
      : 'rows that need them are Unknown';
    const cures = unseenCures(topic, observation, snapshot.namespace);
    sayWithCures(
      system,
      `warning: ${where}${unseenWords(topic, observation, snapshot.namespace)}: ${cost}`,
      cures,
      values,
    );
  }
}
