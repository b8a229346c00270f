import type { HopState, PathOfPort } from '../doctor/path-of-port.ts';
import type { CalledUrl } from '../doctor/subjects/answer.ts';
import type { Endpoint } from '../exposure/endpoint.ts';
import type { SnapshotIndex } from '../exposure/snapshot-index.ts';
import { allModes } from '../modes/all-modes.ts';
import { type HopName, hopTitles } from '../modes/hops.ts';
import { type ObjectOnPath, objectsAt } from '../modes/objects-on-path.ts';
import type { Span, StyledLine } from '../system.ts';
import { endpointText, styleOfState } from './endpoint-table.ts';
import { plainText, styled } from './look.ts';
import { styledMark } from './marks.ts';
import { cut, terminalText } from './terminal-text.ts';

/** A hop of the tree. */
export interface TreeHop {
  readonly name: HopName;
  readonly state: HopState;
  readonly objects: readonly ObjectOnPath[];
  /** What a check found here; null if nothing is wrong. */
  readonly fact: string | null;
  /** Whether packets stop here. */
  readonly isBroken: boolean;
}

/** A port of the tree. */
export interface TreePort {
  readonly row: Endpoint;
  readonly hops: readonly TreeHop[];
}

/** The most objects that are shown at one hop. A Service may select hundreds of Pods. */
const mostObjects = 8;
const mostCharacters = 200;

/**
 * The paths of a diagnosis, with the objects at each hop.
 *
 * @param answers the results of calls
 */
export function treeOf(paths: readonly PathOfPort[], view: SnapshotIndex, answers: readonly CalledUrl[]): TreePort[] {
  const texts = new Map(answers.map(({ url, text }) => [url, text]));
  return paths.map(({ row, hops, brokenAt }) => ({
    row,
    hops: hops.map(({ name, state, fact }) => ({
      ...{ name, state, fact, isBroken: name === brokenAt },
      objects: withAnswer(objectsAt(name, row, view), name, row.url === null ? undefined : texts.get(row.url)),
    })),
  }));
}

/** The app with the result of a call. */
function withAnswer(objects: readonly ObjectOnPath[], hop: HopName, answer: string | undefined) {
  return hop === 'app' && answer !== undefined ? objects.map((each) => ({ ...each, state: answer })) : objects;
}

/** Endpoints with the objects at each hop. Only the objects decide the states, because no check has run. */
export function treeOfEndpoints(rows: readonly Endpoint[], view: SnapshotIndex): TreePort[] {
  return rows.map((row) => ({
    row,
    hops: allModes[row.mode].hops.map((name) => {
      const objects = objectsAt(name, row, view);
      return { name, objects, state: stateOf(objects), fact: null, isBroken: false };
    }),
  }));
}

function stateOf(objects: readonly ObjectOnPath[]): HopState {
  if (objects.some(({ isUp }) => isUp)) return 'pass';
  return objects.some(({ isUp }) => isUp === false) ? 'error' : 'unknown';
}

/** One line of a hop: the tree at its left, and three columns or a note. */
interface TreeLine {
  readonly tree: readonly (string | Span)[];
  readonly cells: readonly [object: string, state: string, address: string];
  readonly note?: string;
}

/** The tree as text: SkyPilot cluster, port, hop, object, with the state and the address of each object. */
export function renderPathTree(ports: readonly TreePort[], withNamespace: boolean): StyledLine[] {
  const clusters = [...Map.groupBy(ports, ({ row }) => `${row.namespace}/${row.nameOnCloud}`).values()];
  const blocks = clusters.map((group) => group.map((port) => ({ row: port.row, lines: linesOf(port) })));
  const all = blocks.flat().flatMap(({ lines }) => lines);
  const widths = [0, 1, 2].map((column) => Math.max(0, ...all.map(({ cells }) => Math.min(cells[column]!.length, 60))));
  const treeWidth = Math.max(0, ...all.map(({ tree }) => plainText(tree).length));
  const shown = ({ tree, cells, note }: TreeLine): (string | Span)[] => {
    const padding = ' '.repeat(treeWidth - plainText(tree).length);
    const right = [...(note === undefined ? [] : [note]), ...cells.map((cell, column) => cell.padEnd(widths[column]!))];
    return [...tree, `${padding}   ${right.join('   ')}`.trimEnd()];
  };
  return blocks.flatMap((block): StyledLine[] => [
    titleOf(block[0]!.row, withNamespace),
    ...block.flatMap(({ row, lines }, at): StyledLine[] => {
      const isLast = at === block.length - 1;
      return [
        [isLast ? '└─ ' : '├─ ', ...portTitle(row)],
        ...lines.map((line) => [isLast ? '   ' : '│  ', ...shown(line)]),
      ];
    }),
  ]);
}

function titleOf({ skyCluster, nameOnCloud, namespace }: Endpoint, withNamespace: boolean): string {
  const name = skyCluster === nameOnCloud ? skyCluster : `${skyCluster} (${nameOnCloud})`;
  return safe(withNamespace ? `${namespace}/${name}` : name);
}

function portTitle(row: Endpoint): (string | Span)[] {
  const { port, protocol, mode, state, address } = row;
  const text = safe(endpointText(row));
  return [
    `${port}${protocol === 'TCP' ? '' : `/${protocol}`}   ${mode}   `,
    styled(styleOfState[state], state),
    '   ',
    address === null ? text : styled('strong', text),
  ];
}

function linesOf({ hops }: TreePort): TreeLine[] {
  return hops.flatMap(({ name, state, objects, fact, isBroken }, at) => {
    const isLast = at === hops.length - 1;
    const below = [isLast ? '' : '│'];
    const left = objects.length - mostObjects;
    const shown = left > 0 ? objects.slice(0, mostObjects) : objects;
    const more: TreeLine[] = left > 0 ? [{ tree: below, cells: [`and ${left} more`, '', ''] }] : [];
    const lines = shown.map(({ title: object, state: its, address }, index): TreeLine => {
      const title = isBroken ? styled('bad', hopTitles[name]) : hopTitles[name];
      const tree = index === 0 ? [isLast ? '└─ ' : '├─ ', styledMark(state), ' ', title] : below;
      return { tree, cells: [safe(object), safe(its), safe(address ?? '')] };
    });
    const none = ['', '', ''] as const;
    const why: TreeLine[] = isBroken && fact ? [{ tree: below, cells: none, note: safe(fact) }] : [];
    return [...lines, ...more, ...why];
  });
}

/** One line of text from the cluster. */
function safe(text: string): string {
  return terminalText(cut(text.replace(/\s*\n\s*/g, ' '), mostCharacters));
}
