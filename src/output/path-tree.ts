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
import { brokenTitle } from './path-lines.ts';
import { cut, packed, terminalText, wrapped } from './terminal-text.ts';

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

/** An object at a hop, or a note about the hop: the tree at the left, and three cells, or one for a note. */
interface TreeLine {
  readonly tree: readonly (string | Span)[];
  /** The tree of further lines of the same object. */
  readonly below: string;
  readonly cells: readonly string[];
}

/** Where the columns of the tree begin, and how wide the terminal is. */
interface TreeLayout {
  readonly treeWidth: number;
  /** The widths of the columns; undefined if the terminal is too narrow for columns. */
  readonly widths: readonly number[] | undefined;
  readonly width: number;
}

const gap = '   ';

/**
 * The tree as text: SkyPilot cluster, port, hop, object, with the state and the address of each object. If the columns
 * do not fit the terminal, the cells of an object follow each other, on several lines if necessary.
 *
 * @param width the width of the terminal; Infinity for a pipe
 */
export function renderPathTree(
  ports: readonly TreePort[],
  withNamespace: boolean,
  width: number = Number.POSITIVE_INFINITY,
): StyledLine[] {
  const clusters = [...Map.groupBy(ports, ({ row }) => `${row.namespace}/${row.nameOnCloud}`).values()];
  const blocks = clusters.map((group) => group.map((port) => ({ row: port.row, lines: linesOf(port) })));
  const layout = layoutOf(
    blocks.flat().flatMap(({ lines }) => lines),
    width,
  );
  return blocks.flatMap((block): StyledLine[] => [
    titleOf(block[0]!.row, withNamespace),
    ...block.flatMap(({ row, lines }, at): StyledLine[] => {
      const isLast = at === block.length - 1;
      const left = isLast ? gap : '│  ';
      return [
        ...portLines(row, isLast ? '└─ ' : '├─ ', left, width),
        ...lines.flatMap((line) => shownLines(line, left, layout)),
      ];
    }),
  ]);
}

function layoutOf(lines: readonly TreeLine[], width: number): TreeLayout {
  const objects = lines.filter(({ cells }) => cells.length > 1);
  const treeWidth = longest(lines.map(({ tree }) => plainText(tree)));
  const widths = [0, 1, 2].map((at) => Math.min(longest(objects.map(({ cells }) => cells[at]!)), mostColumn));
  const layout = { treeWidth, widths, width };
  const fits =
    width === Number.POSITIVE_INFINITY ||
    objects.every((line) => plainText(shownLines(line, gap, layout)[0]!).length <= width);
  return fits ? layout : { ...layout, widths: undefined };
}

// Not Math.max(...lengths), because a call has a limited number of arguments.
function longest(texts: readonly string[]): number {
  return texts.reduce((most, { length }) => Math.max(most, length), 0);
}

/** The maximum width of a column. If a cell is longer, only its own row is out of line. */
const mostColumn = 60;

function shownLines({ tree, below, cells }: TreeLine, left: string, layout: TreeLayout): StyledLine[] {
  const { treeWidth, widths, width } = layout;
  const room = width - gap.length - treeWidth - gap.length;
  const isNote = cells.length === 1;
  const rows =
    widths && !isNote
      ? [cells.map((cell, column) => cell.padEnd(widths[column]!)).join(gap)]
      : packed(
          cells.flatMap((cell) => wrapped(cell, room)),
          room,
        );
  return rows.map((row, at) => {
    const shown = at === 0 ? tree : [below];
    const padding = ' '.repeat(treeWidth - plainText(shown).length);
    return [left, ...shown, `${padding}${gap}${row}`.trimEnd()];
  });
}

function titleOf({ skyCluster, nameOnCloud, namespace }: Endpoint, withNamespace: boolean): string {
  const name = skyCluster === nameOnCloud ? skyCluster : `${skyCluster} (${nameOnCloud})`;
  return safe(withNamespace ? `${namespace}/${name}` : name);
}

/** The line of a port. If it is too long for the terminal, the URL has its own line. */
function portLines(row: Endpoint, branch: string, left: string, width: number): StyledLine[] {
  const { port, protocol, mode, state, address } = row;
  const start = [branch, `${port}${protocol === 'TCP' ? '' : `/${protocol}`}${gap}${mode}${gap}`];
  const line = [...start, styled(styleOfState[state], state)];
  const text = safe(endpointText(row));
  const shown = address === null ? text : styled('strong', text);
  const isLong = plainText(line).length + gap.length + text.length > width;
  return isLong ? [line, [`${left}│  `, shown]] : [[...line, gap, shown]];
}

function linesOf({ hops }: TreePort): TreeLine[] {
  return hops.flatMap(({ name, state, objects, fact, isBroken }, at) => {
    const isLast = at === hops.length - 1;
    const below = isLast ? '' : '│';
    const left = objects.length - mostObjects;
    const shown = left > 0 ? objects.slice(0, mostObjects) : objects;
    const notes = [...(left > 0 ? [`and ${left} more`] : []), ...(isBroken && fact ? [safe(fact)] : [])];
    const title = isBroken ? brokenTitle(state, hopTitles[name]) : hopTitles[name];
    const first = [isLast ? '└─ ' : '├─ ', styledMark(state), ' ', title];
    return [
      ...shown.map(({ title: object, state: its, address }, index): TreeLine => {
        const cells = [object, its, address ?? ''].map(safe);
        return { tree: index === 0 ? first : [below], below, cells };
      }),
      ...notes.map((note): TreeLine => ({ tree: [below], below, cells: [note] })),
    ];
  });
}

/** One line of text from the cluster. */
function safe(text: string): string {
  return terminalText(cut(text.replace(/\s*\n\s*/g, ' '), mostCharacters));
}
