import { advice } from '../errors/cure.ts';
import { UsageError } from '../errors/usage-error.ts';
import type { Endpoint } from '../exposure/endpoint.ts';
import { endpointListOf } from '../output/endpoint-list.ts';
import { renderEndpointTable } from '../output/endpoint-table.ts';
import { renderJson } from '../output/json.ts';
import { skyLinesOf } from '../output/sky-lines.ts';
import { sourceNamesOf } from '../output/source-names.ts';
import type { TableLayout } from '../output/table.ts';
import { terminalText } from '../output/terminal-text.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import type { System } from '../system.ts';
import type { Answers } from './call-endpoints.ts';
import { didYouMean } from './did-you-mean.ts';
import { endpointFormats } from './endpoint-flags.ts';

/** `-o`, read. */
export type EndpointFormat =
  | { readonly name: (typeof endpointFormats)[number] }
  | { readonly name: 'jsonpath'; readonly template: string };

/** Reads the value of `-o`. @throws UsageError for an unknown format or an unreadable template */
export async function parseEndpointFormat(text: string | undefined): Promise<EndpointFormat> {
  if (text === undefined || text === '') return { name: 'table' };
  if (text.startsWith('jsonpath=')) {
    const template = text.slice('jsonpath='.length);
    (await import('../output/jsonpath.ts')).checkJsonPath(template);
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

/** How endpoints are printed. */
export interface EndpointPrinting {
  readonly format: EndpointFormat;
  readonly withHeaders: boolean;
  /** Kept between the changes of `--watch`; headers are printed once. */
  readonly layout?: TableLayout;
  /** What calls of the rows met (`--check`). */
  readonly answers?: Answers | undefined;
}

/** Prints endpoints on stdout in the format asked for; what SkyPilot would not print (`-o sky`) goes to stderr. */
export async function printEndpoints(
  snapshot: Snapshot,
  endpoints: readonly Endpoint[],
  { format, withHeaders, layout, answers }: EndpointPrinting,
  system: System,
): Promise<void> {
  system.stdout.document(await render());

  async function render(): Promise<string> {
    switch (format.name) {
      case 'json':
        return renderJson(endpointListOf(snapshot, endpoints, answers));
      case 'yaml':
        return (await import('../output/yaml.ts')).renderYaml(endpointListOf(snapshot, endpoints, answers));
      case 'jsonpath': {
        const { renderJsonPath } = await import('../output/jsonpath.ts');
        return renderJsonPath(format.template, endpointListOf(snapshot, endpoints, answers));
      }
      case 'name':
        return linesOf(sourceNamesOf(endpoints));
      case 'url':
        return linesOf(endpoints.flatMap(({ url }) => url ?? []));
      case 'sky': {
        const { lines, withheld } = skyLinesOf(endpoints);
        system.stderr.document(linesOf(withheld));
        return linesOf(lines);
      }
      default: {
        const now = snapshot.takenAt;
        const withNamespace = snapshot.namespace === null;
        const options = { wide: format.name === 'wide', withNamespace, withHeaders, now, answers };
        return renderEndpointTable(endpoints, layout ? { ...options, layout } : options);
      }
    }
  }
}

function linesOf(lines: readonly string[]): string {
  return lines.map((line) => `${terminalText(line)}\n`).join('');
}
