import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { type Chart, chart, type Series } from '../pictures/chart.ts';
import { delaysMs, type NetworkFigure } from './network.ts';
import type { Figures } from './report.ts';
import type { Comparison } from './stage.ts';

/** Draws the time over the delay and over the size into docs/pictures. */
export function drawFigures({ network, comparisons }: Figures): void {
  const colours = { 'endpoints-name': 'green', 'doctor-name': 'red' } as const;
  const overDelay = Object.entries(colours).flatMap(([id, colour]) => {
    const figure = network.find(({ row }) => row.id === id);
    return figure ? pair(figure.row.ours[0]!, colour, pointsOf(figure)) : [];
  });
  draw('time-over-delay', {
    title: 'One SkyPilot cluster, over a connection with delay',
    xAxis: 'round-trip time of the connection, ms',
    yAxis: 'ms',
    series: overDelay,
  });
  const bySize = comparisons.filter(({ row }) => row.size !== undefined && row.ours[0] === 'endpoints');
  draw('time-over-size', {
    title: 'endpoints -A, on the same machine',
    xAxis: 'SkyPilot clusters with three ports each',
    yAxis: 'ms',
    series: pair(
      'endpoints -A',
      'green',
      bySize.map((comparison) => ({ x: comparison.row.size!, comparison })),
    ),
  });
}

interface Measured {
  readonly x: number;
  readonly comparison: Comparison;
}

function pointsOf({ comparisons }: NetworkFigure): Measured[] {
  return comparisons.map((comparison, index) => ({ x: delaysMs[index]!, comparison }));
}

/** Our line, and that of kubectl with the same reads. */
function pair(name: string, colour: Series['colour'], measured: readonly Measured[]): Series[] {
  return [
    { name, colour, dashed: false, points: measured.map(({ x, comparison }) => ({ x, y: comparison.ours })) },
    {
      name: `kubectl, the reads of ${name}`,
      ...{ colour, dashed: true },
      points: measured.map(({ x, comparison }) => ({ x, y: comparison.kubectl })),
    },
  ];
}

function draw(name: string, picture: Chart): void {
  for (const theme of ['light', 'dark'] as const) {
    writeFileSync(resolve(import.meta.dirname, `../../docs/pictures/${name}-${theme}.svg`), chart(picture, theme));
  }
}
