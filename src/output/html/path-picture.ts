import type { HopState } from '../../doctor/path-of-port.ts';
import { hopTitles } from '../../modes/hops.ts';
import type { TreeHop } from '../path-tree.ts';
import { type Html, html, markup } from './html.ts';

/** The states in words, for readers who do not see the picture. */
export const stateWords: Readonly<Record<HopState, string>> = {
  pass: 'works',
  error: 'fails',
  warning: 'may fail',
  skipped: 'not checked',
  unknown: 'unknown',
};

/** The strokes of the sign in a circle, around the point 0,0. A shape says the state without its colour. */
const signs: Readonly<Record<HopState, string>> = {
  pass: 'M-5.5 .5L-1.8 4.2L5.5-4',
  error: 'M-4.5-4.5L4.5 4.5M4.5-4.5L-4.5 4.5',
  warning: 'M0-6V1.5M0 5.6V5.7',
  skipped: 'M-4.5 0H4.5',
  unknown: 'M-3.4-2.8C-3.4-7 3.6-7 3.4-2.6C3.2-.2 0-.4 0 2.2M0 5.8V5.9',
};

/** The place of a stop in the picture, and where its words are. */
interface Stop {
  readonly x: number;
  readonly y: number;
}

/** A direction of the line, with the distance of two stops in SVG units. */
interface Layout {
  readonly name: 'across' | 'down';
  readonly stop: (at: number) => Stop;
  readonly size: (stops: number) => { readonly width: number; readonly height: number };
  readonly word: Readonly<{ x: number; y: number; anchor: 'middle' | 'start' }>;
}

const across: Layout = {
  name: 'across',
  stop: (at) => ({ x: 54 + at * 112, y: 24 }),
  size: (stops) => ({ width: 108 + (stops - 1) * 112, height: 66 }),
  word: { x: 0, y: 36, anchor: 'middle' },
};

const down: Layout = {
  name: 'down',
  stop: (at) => ({ x: 24, y: 24 + at * 46 }),
  size: (stops) => ({ width: 300, height: 48 + (stops - 1) * 46 }),
  word: { x: 28, y: 5, anchor: 'start' },
};

/**
 * The path of a port as pictures: a line across for wide screens, and a line down for narrow ones. The style sheet shows
 * one of them.
 *
 * @param from the caller: `you`, or `a Pod`
 * @param label the port, for readers who do not see the picture
 */
export function pathPicture(hops: readonly TreeHop[], from: string, label: string): Html {
  const words = hops.map(
    ({ name, state, isBroken }) => `${hopTitles[name]} ${isBroken ? 'is broken' : stateWords[state]}`,
  );
  const text = `Path of ${label}: ${from}, ${words.join(', ')}`;
  return html`${[across, down].map((layout) => drawing(hops, from, text, layout))}`;
}

function drawing(hops: readonly TreeHop[], from: string, label: string, { name, stop, size, word }: Layout): Html {
  const { width, height } = size(hops.length + 1);
  const broken = hops.findIndex(({ isBroken }) => isBroken);
  const lines = hops.map((_, at) => {
    const [start, end] = [stop(at), stop(at + 1)];
    const isOpen = (broken < 0 || at < broken) && hops[at]!.state === 'pass';
    const kind = isOpen ? 'open' : at === broken ? 'cut' : 'after';
    return html`<line class="${kind}" x1="${start.x}" y1="${start.y}" x2="${end.x}" y2="${end.y}"/>`;
  });
  const stops = hops.map(({ name: hop, state, isBroken }, at) => {
    const { x, y } = stop(at + 1);
    return html`<g class="${isBroken ? `${state} broken` : state}" transform="translate(${x} ${y})">${
      isBroken && markup('<circle class="halo" r="20"/>')
    }<circle class="stop" r="14"/><path d="${signs[state]}"/><text x="${word.x}" y="${word.y}" text-anchor="${word.anchor}">${hopTitles[hop]}</text></g>`;
  });
  const start = stop(0);
  return html`<svg class="path ${name}" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${label}">${lines}<g class="from" transform="translate(${start.x} ${start.y})"><circle class="stop" r="14"/><circle class="head" cy="-3.2" r="3.4"/><path d="M-6.2 7.4C-6.2 .6 6.2 .6 6.2 7.4"/><text x="${word.x}" y="${word.y}" text-anchor="${word.anchor}">${from}</text></g>${stops}</svg>`;
}
