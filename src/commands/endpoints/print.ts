import { advice } from '../../errors/cure.ts';
import { UsageError } from '../../errors/usage-error.ts';
import type { Endpoint } from '../../exposure/endpoint.ts';
import { unobservedTopics } from '../../exposure/uncertainty.ts';
import { endpointListOf, skyLinesOf, sourceNamesOf } from '../../output/endpoint-list.ts';
import { renderEndpointTable } from '../../output/endpoint-table.ts';
import { renderJson } from '../../output/json.ts';
import type { TableLayout } from '../../output/table.ts';
import { terminalText } from '../../output/terminal-text.ts';
import type { Snapshot } from '../../snapshot/snapshot.ts';
import type { Topic } from '../../snapshot/topics.ts';
import { unseenCures, unseenWords } from '../../snapshot/unseen-words.ts';
import type { System } from '../../system.ts';
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

/** How to print endpoints. */
export interface EndpointPrinting {
  readonly format: EndpointFormat;
  readonly withHeaders: boolean;
  /** Whether the user named ports. If so, every port has its own row. */
  readonly portsNamed: boolean;
  /** The column widths, which stay the same during `--watch`. */
  readonly layout?: TableLayout;
  /** The results of calling the URLs of the rows (`--check`). */
  readonly answers?: Answers | undefined;
}

/**
 * Prints endpoints on stdout in the requested format. `-o sky` prints on stdout only what SkyPilot would print, and the
 * other endpoints on stderr.
 */
export async function printEndpoints(
  snapshot: Snapshot,
  endpoints: readonly Endpoint[],
  printing: EndpointPrinting,
  system: System,
): Promise<void> {
  const { format, answers } = printing;
  if (format.name === 'jsonpath') {
    const { renderJsonPath } = await import('../../output/jsonpath.ts');
    system.stdout.document(renderJsonPath(format.template, endpointListOf(snapshot, endpoints, answers)));
    return;
  }
  system.stdout.document(await renderers[format.name]({ snapshot, endpoints, printing, system }));
}

interface Printed {
  readonly snapshot: Snapshot;
  readonly endpoints: readonly Endpoint[];
  readonly printing: EndpointPrinting;
  readonly system: System;
}

const renderers: Readonly<Record<EndpointFormatName, (printed: Printed) => string | Promise<string>>> = {
  table: (printed) => table(printed, false),
  wide: (printed) => table(printed, true),
  json: ({ snapshot, endpoints, printing: { answers } }) => renderJson(endpointListOf(snapshot, endpoints, answers)),
  yaml: async ({ snapshot, endpoints, printing: { answers } }) =>
    (await import('../../output/yaml.ts')).renderYaml(endpointListOf(snapshot, endpoints, answers)),
  name: ({ endpoints }) => linesOf(sourceNamesOf(endpoints)),
  url: ({ endpoints }) => linesOf(endpoints.flatMap(({ url }) => url ?? [])),
  sky({ endpoints, system }) {
    const { lines, withheld } = skyLinesOf(endpoints);
    system.stderr.document(linesOf(withheld));
    return linesOf(lines);
  },
};

function table({ snapshot, endpoints, printing }: Printed, wide: boolean): string {
  const { takenAt: now, namespace } = snapshot;
  const { withHeaders, portsNamed, layout, answers } = printing;
  const withRanges = !wide && !portsNamed;
  const options = { wide, withNamespace: namespace === null, withHeaders, now, answers, withRanges };
  return renderEndpointTable(endpoints, layout ? { ...options, layout } : options);
}

function linesOf(lines: readonly string[]): string {
  return lines.map((line) => `${terminalText(line)}\n`).join('');
}

/** The topics whose objects are rows. If one of them was not seen, rows may be missing. */
const listTopics: ReadonlySet<Topic> = new Set(['pods', 'services', 'ingresses']);

/**
 * Warns on stderr of each topic that the rows need and that was not seen. Suggests how to get the missing permission.
 */
export function reportUnobserved(
  snapshot: Snapshot,
  endpoints: readonly Endpoint[],
  values: ConnectionValues,
  system: System,
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
    sayWithCures(system, `warning: ${unseenWords(topic, observation, snapshot.namespace)}: ${cost}`, cures, values);
  }
}
