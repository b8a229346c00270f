// npm run bench [-- --rounds N] [-- --only PATTERN]: measures the times of the executable and of real kubectl on a real
// API server. Prints the ratios and writes docs/performance.md. The exit code is 1 if a limit is exceeded.
//
// --only measures the rows whose id matches (rows.ts), and does not write docs/performance.md.

import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { parse, stringify } from 'yaml';
import { atExit } from '../test/cluster/at-exit.ts';
import { findPrograms } from '../test/cluster/binaries.ts';
import { type ClusterDescription, clusterVariable } from '../test/cluster/cluster-description.ts';
import { freePorts } from '../test/cluster/free-ports.ts';
import { Interruption } from '../test/cluster/interruption.ts';
import { startCluster } from '../test/cluster/start.ts';
import { type LargeFigures, largeRows, timeToFirstByte } from './bench/large.ts';
import { describeMachine } from './bench/machine.ts';
import { median } from './bench/measure.ts';
import { Network, type NetworkFigure } from './bench/network.ts';
import { type PhaseFigure, PhaseWatch } from './bench/phases.ts';
import { drawFigures } from './bench/pictures.ts';
import {
  comparisonLine,
  type Figures,
  type ForeignCost,
  missedLimits,
  networkLine,
  phaseLine,
  renderReport,
  watchText,
} from './bench/report.ts';
import { doctorOfOne, fewRows, largeNetworkRows, manyRows, networkRows, type Row, startRows } from './bench/rows.ts';
import { measureSkyPilot } from './bench/skypilot.ts';
import { type Comparison, type Contestants, compare, environmentFor, measureAlone } from './bench/stage.ts';
import { measureWatching } from './bench/watching.ts';
import { makeForeign, makeSkyClusters, makeSurroundings, removeForeign } from './bench/world.ts';

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '21' }, only: { type: 'string' } } });
const rounds = Number(values.rounds);
const only = values.only === undefined ? undefined : new RegExp(values.only);
/** Over a network, few runs are enough, because the delay is always the same. */
const networkRounds = 11;
const say = (text: string) => process.stdout.write(`${text}\n`);

new Interruption();
try {
  if (loadavg()[0]! > cpus().length / 2) {
    process.stderr.write(
      'Other programs keep this machine busy: the figures will be worse than they are. See uptime.\n',
    );
  }
  // A child process starts the programs, because a large process takes longer to start another one.
  execFileSync(process.execPath, [resolve(import.meta.dirname, 'build.ts')]);
  const programs = await findPrograms();
  // Start-up is measured while no server runs, because a server would use the processor. Only the server's kubeconfig
  // is needed.
  const first = await startCluster(programs);
  const kubeconfig = kubeconfigOf(first.description);
  await first.stop();
  const starts = await measureStarts(await contestantsOn({ ...first.description, kubeconfig }));
  const cluster = await startCluster(programs);
  process.env[clusterVariable] = cluster.descriptionFile;
  const { description } = cluster;
  const contestants = await contestantsOn({ ...description, kubeconfig: kubeconfigOf(description) });
  const relays = await Network.start(contestants, description.server);
  const calls = await measureCalls(contestants, relays, description.server);
  relays.stop();
  await cluster.stop();
  const skyPilot = isWanted('skypilot') ? await measureSkyPilot(say) : [];
  const figures = { ...calls, ...starts, skyPilot, comparisons: [...starts.comparisons, ...calls.comparisons] };
  if (!only) {
    const machine = await describeMachine(programs.kubectl);
    writeFileSync(resolve(import.meta.dirname, '../docs/performance.md'), renderReport(figures, machine));
    drawFigures(figures);
  }
  const missed = missedLimits(figures);
  for (const line of missed) process.stderr.write(`missed: ${line}\n`);
  process.exitCode = missed.length > 0 ? 1 : 0;
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
  process.exit(1);
}

/**
 * The admin's kubeconfig with the authority's certificate in it, because the cluster's folder may be deleted before it
 * is used. In YAML, as users have it: YAML parsers read JSON more slowly.
 */
function kubeconfigOf({ adminKubeconfig, certificateAuthority }: ClusterDescription): string {
  const authority = readFileSync(certificateAuthority).toString('base64');
  const text = readFileSync(adminKubeconfig, 'utf8');
  const whole = text.replace(
    /"?certificate-authority"?: ?"?[^",\n]+"?/,
    `"certificate-authority-data": "${authority}"`,
  );
  return stringify(parse(whole), { lineWidth: 0 });
}

/** @param cluster its folder may be deleted already, so `kubeconfig` contains the text of its admin's kubeconfig */
async function contestantsOn({
  server,
  kubectl,
  kubeconfig,
}: ClusterDescription & { readonly kubeconfig: string }): Promise<Contestants> {
  const home = mkdtempSync(join(tmpdir(), 'kubectl-skyports-bench-'));
  atExit(() => rmSync(home, { recursive: true, force: true }));
  // Measure a copy, because a build may replace the executable meanwhile. An installer makes a copy too.
  const copy = join(home, 'kubectl-skyports');
  copyFileSync(resolve(import.meta.dirname, '../dist/kubectl-skyports'), copy);
  const [closedPort] = await freePorts(1);
  const [alive, dead] = ['admin', 'dead-port'].map((name) => join(home, `${name}.kubeconfig`));
  writeFileSync(alive!, kubeconfig);
  writeFileSync(dead!, kubeconfig.replaceAll(server, `https://127.0.0.1:${closedPort}`));
  return { executable: copy, kubectl, kubeconfig: alive!, deadKubeconfig: dead!, home };
}

async function measureRows(rows: readonly Row[], contestants: Contestants): Promise<Comparison[]> {
  const comparisons: Comparison[] = [];
  for (const row of rows.filter(({ id }) => isWanted(id))) {
    const comparison = await compare(row, rounds, contestants);
    comparisons.push(comparison);
    say(comparisonLine(comparison));
  }
  return comparisons;
}

async function measureNetwork(rows: readonly Row[], relays: Network): Promise<NetworkFigure[]> {
  const figures: NetworkFigure[] = [];
  for (const row of rows.filter(({ id }) => isWanted(id))) {
    const figure = await relays.measure(row, Math.min(rounds, row.mostRounds ?? networkRounds));
    figures.push(figure);
    say(networkLine(figure));
  }
  return figures;
}

/** Where the time of the rows goes that are compared with 10 SkyPilot clusters. */
async function measurePhases(contestants: Contestants, server: string): Promise<PhaseFigure[]> {
  const watch = await PhaseWatch.start(contestants, server);
  const figures: PhaseFigure[] = [];
  for (const row of [...fewRows, doctorOfOne]) {
    const figure = await watch.measure(row, Math.min(rounds, networkRounds));
    figures.push(figure);
    say(phaseLine(figure));
  }
  watch.stop();
  return figures;
}

/** The rows that need no server. */
async function measureStarts(contestants: Contestants): Promise<Pick<Figures, 'comparisons' | 'startMemory'>> {
  const comparisons = await measureRows(startRows, contestants);
  const { memory: startMemory } = await measureAlone(1, contestants, ['--version']);
  if (startMemory) say(`start-memory: ${startMemory.anonymous.toFixed(0)} MiB of its own`);
  return { comparisons, startMemory };
}

/** The rows that need a server, from an empty one to a full one. */
async function measureCalls(
  contestants: Contestants,
  relays: Network,
  server: string,
): Promise<Omit<Figures, 'startMemory' | 'skyPilot'>> {
  await makeSurroundings();
  await makeSkyClusters(0, 10);
  const few = await measureRows(fewRows, contestants);
  const network = await measureNetwork(networkRows, relays);
  const phases = isWanted('phases') ? await measurePhases(contestants, server) : [];
  const foreign = isWanted('foreign') ? await measureForeign(contestants) : [];
  if (!isWanted('memory') && ![...manyRows, ...largeNetworkRows, ...largeRows].some(({ id }) => isWanted(id)))
    return { comparisons: few, network, phases, foreign, memory: undefined };
  say('making 990 more SkyPilot clusters');
  await makeSkyClusters(10, 1000);
  const many = await measureRows(manyRows, contestants);
  const { memory } = await measureAlone(1, contestants);
  if (memory) say(`memory: ${memory.resident.toFixed(0)} MiB, ${memory.anonymous.toFixed(0)} MiB of them its own`);
  network.push(...(await measureNetwork(largeNetworkRows, relays)));
  if (!largeRows.some(({ id }) => isWanted(id)))
    return { comparisons: [...few, ...many], network, phases, foreign, memory };
  const { comparisons, ...large } = await measureLarge(contestants);
  return { comparisons: [...few, ...many, ...comparisons], network, phases, foreign, memory, large };
}

async function measureLarge(contestants: Contestants): Promise<LargeFigures & Pick<Figures, 'comparisons'>> {
  say('making 2,000 more SkyPilot clusters and 5,000 other Services');
  await makeSkyClusters(1000, 3000);
  await makeForeign.Services(5000);
  const comparisons = await measureRows(largeRows, contestants);
  const { memory } = await measureAlone(1, contestants);
  const environment = environmentFor(contestants, contestants.kubeconfig);
  const json = { file: contestants.executable, args: ['endpoints', '-A', '-o', 'json'], environment };
  const times: number[] = [];
  for (let round = 0; round < 3; round++) times.push(await timeToFirstByte(json));
  const watching = await measureWatching(contestants, 3000);
  const figures = { memory, firstByteMs: median(times), watching };
  say(`large: ${memory?.resident.toFixed(0)} MiB, the first byte of JSON after ${figures.firstByteMs.toFixed(0)} ms`);
  if (watching) say(watchText(watching));
  return { comparisons, ...figures };
}

function isWanted(id: string): boolean {
  return only?.test(id) ?? true;
}

/** The time that 1,000 other objects of each kind add, one kind after the other. */
async function measureForeign(contestants: Contestants): Promise<ForeignCost[]> {
  const costs: ForeignCost[] = [];
  let before = await measureAlone(rounds, contestants);
  for (const [kind, make] of Object.entries(makeForeign)) {
    await make(1000);
    const after = await measureAlone(rounds, contestants);
    const mebibytes = after.memory && before.memory && after.memory.resident - before.memory.resident;
    const cost = { kind, milliseconds: after.time - before.time, mebibytes };
    say(`1,000 foreign ${kind}: ${cost.milliseconds.toFixed(1)} ms, ${mebibytes?.toFixed(1)} MiB`);
    costs.push(cost);
    before = after;
  }
  await removeForeign();
  return costs;
}
