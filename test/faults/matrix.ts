import { allCells, type Cell, nameOf } from './cells.ts';
import { commands } from './commands.ts';
import { outputOf } from './evidence.ts';
import type { HttpVersion } from './fault-proxy.ts';
import { faults } from './faults.ts';
import { emptinessOf, type Judgement, judgeTrial, titles } from './invariants.ts';
import type { Section, SectionOptions } from './section.ts';
import { makeSurroundings } from './site.ts';
import { Stages } from './stage.ts';
import { type Trial, tryCell } from './try-cell.ts';

/** Trials under way at once: most of their time they wait for the server. */
const atOnce = 8;

/** Tries cells, several at a time, and hands over each trial with its judgement. */
export async function tryCells(
  cells: readonly Cell[],
  version: HttpVersion,
  report: (trial: Trial, judgements: readonly Judgement[]) => void,
): Promise<void> {
  await makeSurroundings();
  const stages = new Stages();
  const queue = cells.toSorted((one, other) => Number(isSlow(other)) - Number(isSlow(one)));
  const worker = async () => {
    for (let cell = queue.shift(); cell !== undefined; cell = queue.shift()) {
      const each = cell;
      const trial = await stages.use(each.row, (stage) => tryCell(each, stage, version));
      report(trial, judgeTrial(trial));
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
}

/** Trials that wait for seconds begin first: at the end nothing would be left to do meanwhile. */
function isSlow({ fault }: Cell): boolean {
  return fault.repeated === true || fault.blow.do === 'stay silent';
}

/** What one trial broke, a line each. */
export function linesOf(trial: Trial, judgements: readonly Judgement[]): string[] {
  const empty = emptinessOf(trial) === 'nothing was hit' ? ['the fault hit nothing'] : [];
  const broken = judgements.flatMap(({ title, broken: [first, ...more] }) =>
    first === undefined ? [] : [`${title}: ${first}${more.length > 0 ? ` (and ${more.length} more)` : ''}`],
  );
  return [...empty, ...broken].map((line) => `${nameOf(trial.cell)}: ${line}`);
}

/** Tries every fault with every command in every place. */
export async function faultMatrix({ say, only }: SectionOptions): Promise<Section> {
  const cells = only ? allCells.filter((cell) => only.test(nameOf(cell))) : allCells;
  const counts = new Map(titles.map((title) => [title, { tried: 0, held: 0 }]));
  const failures: string[] = [];
  let tried = 0;
  let unchanged = 0;
  const sayUnhandled = (reason: unknown) => failures.push(`a promise that nobody waited for failed: ${reason}`);
  process.on('unhandledRejection', sayUnhandled);
  // Over HTTP/2, Node 26.10 itself crashes after some hundred trials (docs/decisions.md).
  await tryCells(cells, '1.1', (trial, judgements) => {
    tried++;
    if (tried % 100 === 0) say(`${tried} of ${cells.length} trials, ${failures.length} findings`);
    const lines = linesOf(trial, judgements);
    failures.push(...lines);
    if (only && lines.length > 0) say(`${lines.join('\n')}\n${trial.first ? outputOf(trial.first) : 'no end'}`);
    if (emptinessOf(trial) === 'nothing to change') return void unchanged++;
    for (const { title, broken } of judgements) {
      const count = counts.get(title)!;
      count.tried++;
      if (broken.length === 0) count.held++;
    }
  });
  process.off('unhandledRejection', sayUnhandled);
  return {
    title: 'Faults of servers, gateways and connections',
    rows: [...counts].map(([what, count]) => ({ what, ...count })),
    failures,
    notes: [
      `A proxy stands between the plugin and a real API server and breaks requests, over HTTP/1.1: ${faults.length} faults, ${commands.length} commands, and up to nine sets of requests for each command. That makes ${tried} trials. In ${unchanged} of them the fault found nothing that it could change; they are not counted below.`,
      'Each trial looks at the real API server before and afterwards, and runs the same command once more without the fault.',
    ],
  };
}
