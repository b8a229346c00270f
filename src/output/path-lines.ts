import type { HopState, PathOfPort } from '../doctor/path-of-port.ts';
import { allModes } from '../modes/all-modes.ts';
import { hopTitles } from '../modes/hops.ts';
import type { PortMode } from '../modes/port-mode.ts';
import type { Span, StyledLine } from '../system.ts';
import { plainText, styled } from './look.ts';
import { styledMark } from './marks.ts';
import { cut, terminalText } from './terminal-text.ts';

/** The path of a port as the parts of one line. A part is data, so that a terminal can style it. */
export interface PathLine {
  /** The SkyPilot cluster and the port, padded to the same width in all lines. */
  readonly label: string;
  /** The caller: `you`, or `a Pod` if the address only works inside the Kubernetes cluster. */
  readonly from: string;
  readonly hops: readonly { readonly state: HopState; readonly title: string; readonly isBroken: boolean }[];
}

/** The paths to show, and how many are left out. */
export interface ShownPaths {
  readonly lines: readonly PathLine[];
  /** How many other paths are broken, and how many are not. */
  readonly left: { readonly broken: number; readonly others: number };
}

/** Names in labels are cut here. Otherwise, one long name would move all paths to the right. */
const mostLabel = 48;

/** The callers of a path, in words. */
export const callerOf: Readonly<Record<PortMode['calledFrom'], string>> = {
  anywhere: 'you',
  'kubernetes-cluster': 'a Pod',
};

/** The name of a port: `train 8888`, with its namespace if several are shown. Its length is the length on the screen. */
export function portLabel({ row }: PathOfPort, withNamespace: boolean): string {
  const { namespace, skyCluster, port, protocol } = row;
  const place = withNamespace ? `${namespace}/` : '';
  return `${cut(terminalText(`${place}${skyCluster}`), mostLabel)} ${port}${protocol === 'TCP' ? '' : `/${protocol}`}`;
}

/** Whether the labels of these paths need the namespace. */
export function needsNamespace(paths: readonly PathOfPort[]): boolean {
  return new Set(paths.map(({ row }) => row.namespace)).size > 1;
}

/** Chooses at most `most` paths, the broken ones first. The chosen ones keep their order. */
export function chosenPaths(
  paths: readonly PathOfPort[],
  most: number,
): { chosen: PathOfPort[]; left: ShownPaths['left'] } {
  const broken = paths.filter(({ brokenAt }) => brokenAt !== null);
  const fine = paths.filter(({ brokenAt }) => brokenAt === null);
  const chosen = new Set([...broken, ...fine].slice(0, most));
  const left = { broken: Math.max(0, broken.length - most), others: 0 };
  const others = paths.length - chosen.size - left.broken;
  return { chosen: paths.filter((path) => chosen.has(path)), left: { ...left, others } };
}

/** The sentence about paths that are not shown; undefined if all are shown. */
export function leftText({ broken, others }: ShownPaths['left']): string | undefined {
  if (broken + others === 0) return undefined;
  const parts = [
    ...(broken > 0 ? [`${broken} more that are broken`] : []),
    ...(others > 0 ? [`${others} more that are not broken`] : []),
  ];
  return `and ${parts.join(', ')}; -o tree shows every port`;
}

/** The paths of ports as lines. */
export function pathLines(paths: readonly PathOfPort[], most: number): ShownPaths {
  const { chosen, left } = chosenPaths(paths, most);
  const withNamespace = needsNamespace(paths);
  const labels = chosen.map((path) => portLabel(path, withNamespace));
  const width = Math.max(0, ...labels.map(({ length }) => length));
  const lines = chosen.map(({ row, hops, brokenAt }, at) => ({
    label: labels[at]!.padEnd(width),
    from: callerOf[allModes[row.mode].calledFrom],
    hops: hops.map(({ name, state }) => ({ state, title: hopTitles[name], isBroken: name === brokenAt })),
  }));
  return { lines, left };
}

/** A line as plain text: `train 8888   you → ✔ address → ✖ load balancer → …`. */
export function pathText(line: PathLine): string {
  return plainText(pathRows(line, Number.POSITIVE_INFINITY)[0]!);
}

/** The title of the hop where packets stop, in the colour of its mark. */
export function brokenTitle(state: HopState, title: string): Span {
  return styled(state === 'error' ? 'bad' : 'warning', title);
}

/** A line with colours. If it is longer than `width`, it goes on in the next line, after an arrow. */
export function pathRows({ label, from, hops }: PathLine, width: number): StyledLine[] {
  const start = `${label}   ${from}`;
  const rows: (string | Span)[][] = [[start]];
  // The arrows of further lines are below the arrows of the first one, unless the label takes much of the room.
  const indent = ' '.repeat(start.length <= width / 3 ? start.length : 3);
  let length = start.length;
  for (const { state, title, isBroken } of hops) {
    const added = ' → '.length + 2 + title.length;
    const isFull = length + added > width;
    if (isFull) rows.push([indent]);
    length = isFull ? indent.length + added : length + added;
    rows.at(-1)!.push(' → ', styledMark(state), ' ', isBroken ? brokenTitle(state, title) : title);
  }
  return rows;
}
