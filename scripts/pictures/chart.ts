import { escaped, palettes, type Theme } from './terminal-picture.ts';

/** One line of a chart. */
export interface Series {
  readonly name: string;
  /** In the order of `x`, with rising `x`. */
  readonly points: readonly { readonly x: number; readonly y: number }[];
  /** The colour: the same for the two programs of one comparison. */
  readonly colour: 'green' | 'yellow' | 'red';
  /** The line of the other program. */
  readonly dashed: boolean;
}

export interface Chart {
  readonly title: string;
  /** With the unit. */
  readonly xAxis: string;
  readonly yAxis: string;
  readonly series: readonly Series[];
}

const frame = { width: 720, height: 380, left: 64, right: 250, top: 44, bottom: 52 } as const;
const lineHeight = 18;

/** An SVG picture of lines. Each line has its name beside its end, so that the colours carry no meaning alone. */
export function chart({ title, xAxis, yAxis, series }: Chart, theme: Theme): string {
  const colours = palettes[theme];
  const points = series.flatMap((each) => each.points);
  const most = { x: Math.max(...points.map(({ x }) => x)), y: niceLimit(Math.max(...points.map(({ y }) => y))) };
  const { width, height, left, right, top, bottom } = frame;
  const [innerWidth, innerHeight] = [width - left - right, height - top - bottom];
  const at = ({ x, y }: { x: number; y: number }) => ({
    x: left + (x / most.x) * innerWidth,
    y: top + innerHeight - (y / most.y) * innerHeight,
  });
  const text = (x: number, y: number, content: string, more = '') =>
    `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" ${more}>${escaped(content)}</text>`;
  const grid = Array.from({ length: 5 }, (_, index) => (most.y * index) / 4).flatMap((value) => {
    const { y } = at({ x: 0, y: value });
    return [
      `<line x1="${left}" x2="${left + innerWidth}" y1="${y.toFixed(1)}" y2="${y.toFixed(1)}" stroke="${colours.frame}"/>`,
      text(left - 8, y + 4, value.toLocaleString('en'), 'text-anchor="end"'),
    ];
  });
  const ticks = [...new Set(points.map(({ x }) => x))].map((x) =>
    text(at({ x, y: 0 }).x, top + innerHeight + 20, x.toLocaleString('en'), 'text-anchor="middle"'),
  );
  const lines = series.map(({ points: own, colour, dashed }) => {
    const path = own.map((point) => at(point)).map(({ x, y }) => `${x.toFixed(1)},${y.toFixed(1)}`);
    const dots = path.map((place) => {
      const [x, y] = place.split(',');
      return `<circle cx="${x}" cy="${y}" r="3" fill="${colours[colour]}"/>`;
    });
    const dashes = dashed ? ' stroke-dasharray="6 4"' : '';
    return `<polyline points="${path.join(' ')}" fill="none" stroke="${colours[colour]}" stroke-width="2"${dashes}/>${dots.join('')}`;
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img">`,
    `<title>${escaped(title)}</title>`,
    `<rect x="0.5" y="0.5" width="${width - 1}" height="${height - 1}" rx="8" fill="${colours.background}" stroke="${colours.frame}"/>`,
    `<g font-family="system-ui, sans-serif" font-size="13" fill="${colours.text}">`,
    text(left, 26, title, 'font-weight="600"'),
    ...grid,
    ...ticks,
    text(left + innerWidth / 2, height - 12, xAxis, 'text-anchor="middle"'),
    text(left - 8, top - 8, yAxis, 'text-anchor="end"'),
    ...lines,
    ...names(series, (each) => at(each.points.at(-1)!)).map(({ name, x, y, colour }) =>
      text(x + 10, y + 4, name, `fill="${colours[colour]}"`),
    ),
    '</g>',
    '</svg>',
    '',
  ].join('\n');
}

/** The names beside the ends of the lines, far enough from each other. */
function names(series: readonly Series[], end: (each: Series) => { x: number; y: number }) {
  const placed = series.map((each) => ({ ...each, ...end(each) })).sort((one, other) => one.y - other.y);
  for (const [index, each] of placed.entries()) {
    const before = placed[index - 1];
    if (before) each.y = Math.max(each.y, before.y + lineHeight);
  }
  return placed;
}

/** The end of an axis: a round number that is not less than the value. */
function niceLimit(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  return [1, 2, 4, 6, 8, 10].map((factor) => factor * power).find((limit) => limit >= value)!;
}
