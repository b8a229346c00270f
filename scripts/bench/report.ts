import { type LargeFigures, largeLimits } from './large.ts';
import type { Machine } from './machine.ts';
import { delaysMs, type NetworkFigure } from './network.ts';
import type { PeakMemory } from './peak-memory.ts';
import { type PhaseFigure, type PhaseTimes, phases } from './phases.ts';
import { memoryLimit, type Row, startMemoryLimit } from './rows.ts';
import type { SkyPilotTime } from './skypilot.ts';
import type { Comparison } from './stage.ts';
import { type WatchFigures, watchLimits } from './watching.ts';

/** The time that 1,000 other objects of a kind add to `endpoints -A`. */
export interface ForeignCost {
  readonly kind: string;
  readonly milliseconds: number;
  readonly mebibytes: number | undefined;
}

/** All results of a run. */
export interface Figures {
  readonly comparisons: readonly Comparison[];
  /** The commands over each delay. */
  readonly network: readonly NetworkFigure[];
  /** Where the time goes. */
  readonly phases: readonly PhaseFigure[];
  readonly foreign: readonly ForeignCost[];
  /** The memory with 1,000 SkyPilot clusters. */
  readonly memory: PeakMemory | undefined;
  /** What 3,000 SkyPilot clusters and 5,000 other Services take. */
  readonly large?: LargeFigures;
  /** The memory of `--version`. */
  readonly startMemory: PeakMemory | undefined;
  /** The times compared with SkyPilot, one entry for each port mode. */
  readonly skyPilot: readonly SkyPilotTime[];
}

/** Describes each limit that is exceeded, in one line. */
export function missedLimits({ comparisons, network, memory, large: figures, startMemory }: Figures): string[] {
  const slow = [...comparisons, ...network.flatMap((figure) => figure.comparisons)]
    .filter((comparison) => isMissed(comparison))
    .map(
      (comparison) =>
        `${comparison.row.id}: ${ratioText(comparison)} of kubectl, ${comparison.ours.toFixed(0)} ms; at most ${limitText(comparison.row)} is allowed`,
    );
  const large =
    (memory?.resident ?? 0) > memoryLimit
      ? [`memory: ${memory!.resident.toFixed(0)} MiB, at most ${memoryLimit} are allowed`]
      : [];
  const anonymous = startMemory?.anonymous ?? 0;
  const largeStart =
    anonymous > startMemoryLimit
      ? [`start-memory: ${anonymous.toFixed(0)} MiB of its own, at most ${startMemoryLimit} are allowed`]
      : [];
  return [...slow, ...large, ...missedLarge(figures), ...largeStart];
}

/** One comparison, as text for the terminal. */
export function comparisonLine(comparison: Comparison): string {
  const { row, ours, kubectl } = comparison;
  const limit = limitText(row);
  const allowed = limit === '' ? '' : ` (at most ${limit}${isMissed(comparison) ? ': MISSED' : ''})`;
  return `${row.id}: ${ours.toFixed(1)} ms, kubectl ${kubectl.toFixed(1)} ms: ${ratioText(comparison)}${allowed}`;
}

/** One command over each delay, as text for the terminal. */
export function networkLine({ row, comparisons, trips }: NetworkFigure): string {
  const times = comparisons.map(
    (comparison, index) =>
      `${delaysMs[index]} ms: ${comparison.ours.toFixed(0)}, kubectl ${comparison.kubectl.toFixed(0)} (${ratioText(comparison)}${isMissed(comparison) ? ' MISSED' : ''})`,
  );
  return `${row.id}: ${trips.requests} requests, ${trips.inARow} in a row; ${times.join('; ')}`;
}

const phaseNames = Object.keys(phases) as (keyof PhaseTimes)[];

/** Where the time of one row goes, as text for the terminal. */
export function phaseLine({ row, ours, kubectl }: PhaseFigure): string {
  const parts = phaseNames.map((name) => `${name} ${ours[name].toFixed(1)}/${kubectl[name].toFixed(1)}`);
  return `phases of ${row.id}: ${parts.join(', ')}`;
}

function missedLarge(figures: LargeFigures | undefined): string[] {
  if (!figures) return [];
  const { memory, firstByteMs, watching } = figures;
  return [
    ...((memory?.resident ?? 0) > largeLimits.memory
      ? [`large-memory: ${memory!.resident.toFixed(0)} MiB, at most ${largeLimits.memory} are allowed`]
      : []),
    ...(firstByteMs > largeLimits.firstByteMs
      ? [`large-json-first-byte: ${firstByteMs.toFixed(0)} ms, at most ${largeLimits.firstByteMs} are allowed`]
      : []),
    ...((watching?.processorSeconds ?? 0) > watchLimits.processorSeconds
      ? [
          `watching: ${watching!.processorSeconds.toFixed(1)} s of processor time, at most ${watchLimits.processorSeconds} are allowed`,
        ]
      : []),
    ...(watching && watching.memoryAfter > watching.memoryBefore * watchLimits.memoryRatio
      ? [
          `watching-memory: ${watching.memoryAfter.toFixed(0)} after ${watching.memoryBefore.toFixed(0)} MiB, at most ${watchLimits.memoryRatio} times as much is allowed`,
        ]
      : []),
  ];
}

function isMissed({ row, ratio, ours }: Comparison): boolean {
  return (row.limit !== undefined && ratio > row.limit) || (row.limitMs !== undefined && ours > row.limitMs);
}

function limitText({ limit, limitMs }: Row): string {
  if (limit !== undefined) return String(limit);
  return limitMs === undefined ? '' : `${limitMs} ms`;
}

function ratioText({ ratio }: Comparison): string {
  return ratio.toFixed(2);
}

/** Renders docs/performance.md. */
export function renderReport(figures: Figures, machine: Machine): string {
  const { comparisons, network, foreign, memory, large, startMemory, skyPilot } = figures;
  const sections = [
    '# How fast it is',
    'Written by `npm run bench`. The programs run in turn (ours, kubectl, ours, …) against a real API server on the same machine. Times are medians. The ratio is the median over neighbouring runs, so other load for a while changes it little.',
    table(
      ['', ''],
      [
        ['Processor', `${machine.processor}, ${machine.cores} cores`],
        ['Memory', `${machine.memoryGiB} GiB`],
        ['System', machine.system],
        ['Node in the executable', machine.node],
        ['kubectl', machine.kubectl],
        ['Date', machine.date],
      ],
    ),
    '## Beside kubectl',
    table(
      ['', 'kubectl skyports', 'ms', 'kubectl', 'ms', 'ratio', 'at most'],
      comparisons.map((comparison) => {
        const { row, ours, kubectl } = comparison;
        const command = (args: readonly string[]) => `\`${args.join(' ')}\``;
        const limit = limitText(row);
        return [
          row.title,
          command(row.ours),
          ours.toFixed(0),
          command(row.kubectl),
          kubectl.toFixed(0),
          ratioText(comparison),
          isMissed(comparison) ? `${limit} **missed**` : limit,
        ];
      }),
    ),
    'The executable runs by itself here. Through `kubectl skyports …` kubectl starts first and finds it, which adds about the time of `kubectl version --client`.',
    '## Over a network',
    `The same over a relay that delays the connection by the time of a round trip (\`scripts/bench/relay.ts\`): ${delaysMs.join(', ')} ms. kubectl lists the main kinds of the same objects, one after the other. Each cell has the median of the plugin, that of kubectl, both in milliseconds, and the ratio. \`requests\` and \`in a row\` are counted in the audit log of the API server: the requests of the plugin, and its round trips after the handshake. The handshake takes two more. A list of more than 250 Pods or 1,000 other objects has pages, and each page is a round trip. [requests.md](requests.md) has the reason of each request of \`doctor NAME\`.`,
    table(
      ['', 'kubectl skyports', 'requests', 'in a row', ...delaysMs.map((delay) => `${delay} ms`)],
      network.map(({ row, trips, comparisons: over }) => [
        row.title,
        `\`${row.ours.join(' ')}\``,
        String(trips.requests),
        String(trips.inARow),
        ...over.map(
          (each) =>
            `${each.ours.toFixed(0)} / ${each.kubectl.toFixed(0)} (${ratioText(each)}${isMissed(each) ? ` **missed** ${limitText(each.row)}` : ''})`,
        ),
      ]),
    ),
    picture('time-over-delay', 'time of commands over the delay of the connection, ours and kubectl'),
    picture('time-over-size', 'time of endpoints -A over the number of SkyPilot clusters, ours and kubectl'),
    '## Where the time goes',
    'The parts of the same calls, seen by a relay without delay: medians in milliseconds, ours / kubectl. The start is Node and the scripts of the executable, the kubeconfig and the proxy settings. The last part is the rows, the output and the end of the process.',
    table(
      ['', ...Object.values(phases)],
      figures.phases.map(({ row, ours, kubectl }) => [
        `\`${row.ours.join(' ')}\``,
        ...phaseNames.map((name) => `${ours[name].toFixed(0)} / ${kubectl[name].toFixed(0)}`),
      ]),
    ),
    '## Beside SkyPilot',
    "The bench runs `sky status --endpoints NAME` and `endpoints NAME -o sky` in turn, in a network namespace without any other network. SkyPilot's server is already running. Both ask about the same port on the same API server. Both print the same line (`test/interop/sky-status.test.ts`).",
    table(
      ['mode', 'kubectl skyports, ms', 'sky status, ms'],
      skyPilot.map(({ mode, ours, theirs }) => [mode, ours.toFixed(0), theirs.toFixed(0)]),
    ),
    '## Memory',
    `${memoryText(memory)}${startMemoryText(startMemory)}${largeText(large)}`,
    '## Objects of other programs',
    "Pods are selected by SkyPilot's label, so foreign ones cost nothing. SkyPilot's Services, Ingresses and EndpointSlices have no common label, so the plugin lists each kind completely. What 1,000 foreign objects add to `endpoints -A` on 10 SkyPilot clusters (shortest runs compared):",
    table(
      ['1,000 foreign', 'ms', 'MiB'],
      foreign.map(({ kind, milliseconds, mebibytes }) => [
        kind,
        milliseconds.toFixed(0),
        mebibytes === undefined ? 'not measured' : mebibytes.toFixed(0),
      ]),
    ),
  ];
  return `${sections.join('\n\n')}\n`;
}

function picture(name: string, description: string): string {
  return [
    '<picture>',
    `  <source media="(prefers-color-scheme: dark)" srcset="pictures/${name}-dark.svg">`,
    `  <img src="pictures/${name}-light.svg" alt="${description}">`,
    '</picture>',
  ].join('\n');
}

function memoryText(memory: PeakMemory | undefined): string {
  if (!memory) return 'Not measured: this system has no /proc.';
  const { resident, anonymous } = memory;
  return `\`endpoints -A\` on 1,000 SkyPilot clusters of 3 ports: ${resident.toFixed(0)} MiB at its peak (at most ${memoryLimit}), ${anonymous.toFixed(0)} MiB of them are data. The rest is the executable's file in memory.`;
}

function largeText(figures: LargeFigures | undefined): string {
  if (!figures) return '';
  const { memory, firstByteMs, watching } = figures;
  const watched = watching ? ` ${watchText(watching)}` : '';
  return ` With 3,000 SkyPilot clusters and 5,000 other Services, \`endpoints -A\` has ${memory?.resident.toFixed(0)} MiB at its peak (at most ${largeLimits.memory}), and \`endpoints -A -o json\` writes its first byte after ${firstByteMs.toFixed(0)} ms (${firstByteMs > largeLimits.firstByteMs ? '**missed**: ' : ''}at most ${largeLimits.firstByteMs}).${watched}`;
}

/** What watching takes, as one sentence or two. */
export function watchText({
  seconds,
  writes,
  stored,
  processorSeconds,
  memoryBefore,
  memoryAfter,
}: WatchFigures): string {
  return `\`endpoints -A --watch\` takes ${processorSeconds.toFixed(1)} s of processor time (at most ${watchLimits.processorSeconds}) for ${seconds.toFixed(0)} s of ${(writes / seconds).toFixed(0)} writes a second. Together with the changes of controllers, etcd stored ${stored} changes. Its memory went from ${memoryBefore.toFixed(0)} to ${memoryAfter.toFixed(0)} MiB (at most ${watchLimits.memoryRatio} times as much).`;
}

function startMemoryText(memory: PeakMemory | undefined): string {
  if (!memory) return '';
  return ` \`--version\`: ${memory.resident.toFixed(0)} MiB, ${memory.anonymous.toFixed(0)} of them data (at most ${startMemoryLimit}).`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}
