// npm run bench [-- --rounds N] [-- --only PATTERN]: times the executable beside real kubectl on a real API server,
// prints the ratios and writes docs/performance.md. Ends with 1 when a limit is missed.
//
// --only takes the rows whose id matches (rows.ts), and leaves docs/performance.md alone.

import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { findPrograms } from '../test/cluster/binaries.ts';
import { type ClusterDescription, clusterVariable } from '../test/cluster/cluster-description.ts';
import { freePorts } from '../test/cluster/free-ports.ts';
import { Interruption } from '../test/cluster/interruption.ts';
import { startCluster } from '../test/cluster/start.ts';
import { describeMachine } from './bench/machine.ts';
import { comparisonLine, type Figures, type ForeignCost, missedLimits, renderReport } from './bench/report.ts';
import { fewRows, manyRows, type Row, startRows } from './bench/rows.ts';
import { type Comparison, type Contestants, compare, measureAlone } from './bench/stage.ts';
import { makeForeign, makeSkyClusters, makeSurroundings, removeForeign } from './bench/world.ts';
import { buildHost } from './bundle/build-host.ts';

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '21' }, only: { type: 'string' } } });
const rounds = Number(values.rounds);
const only = values.only === undefined ? undefined : new RegExp(values.only);
const say = (text: string) => process.stdout.write(`${text}\n`);

new Interruption();
try {
  if (loadavg()[0]! > cpus().length / 2) {
    process.stderr.write(
      'Other programs keep this machine busy: the figures will be worse than they are. See uptime.\n',
    );
  }
  const [built, cluster] = await Promise.all([buildHost(), findPrograms().then(startCluster)]);
  process.env[clusterVariable] = cluster.descriptionFile;
  const contestants = await contestantsOn(cluster.description, built.file);
  const figures = await measureAll(contestants);
  await cluster.stop();
  if (!only) {
    const machine = await describeMachine(contestants.kubectl);
    writeFileSync(resolve(import.meta.dirname, '../docs/performance.md'), renderReport(figures, machine));
  }
  const missed = missedLimits(figures);
  for (const line of missed) process.stderr.write(`missed: ${line}\n`);
  process.exitCode = missed.length > 0 ? 1 : 0;
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
  process.exit(1);
}

async function contestantsOn(description: ClusterDescription, executable: string): Promise<Contestants> {
  const { adminKubeconfig, server, temporaryFolder, kubectl } = description;
  const home = join(temporaryFolder, 'bench-home');
  mkdirSync(home);
  // A copy, as an installer leaves one; and somebody may build while this runs.
  const copy = join(home, 'kubectl-skyports');
  copyFileSync(executable, copy);
  const [closedPort] = await freePorts(1);
  const deadKubeconfig = join(home, 'dead-port.kubeconfig');
  const kubeconfig = readFileSync(adminKubeconfig, 'utf8');
  writeFileSync(deadKubeconfig, kubeconfig.replaceAll(server, `https://127.0.0.1:${closedPort}`));
  return { executable: copy, kubectl, kubeconfig: adminKubeconfig, deadKubeconfig, home };
}

/** From an empty API server to a full one. */
async function measureAll(contestants: Contestants): Promise<Figures> {
  const comparisons: Comparison[] = [];
  const run = async (rows: readonly Row[]) => {
    for (const row of rows.filter(({ id }) => isWanted(id))) {
      const comparison = await compare(row, rounds, contestants);
      comparisons.push(comparison);
      say(comparisonLine(comparison));
    }
  };
  await run(startRows);
  const { memory: startMemory } = await measureAlone(1, contestants, ['--version']);
  if (startMemory) say(`start-memory: ${startMemory.anonymous.toFixed(0)} MiB of its own`);
  await makeSurroundings();
  await makeSkyClusters(0, 10);
  await run(fewRows);
  const foreign = isWanted('foreign') ? await measureForeign(contestants) : [];
  if (!isWanted('memory') && !manyRows.some(({ id }) => isWanted(id)))
    return { comparisons, foreign, memory: undefined, startMemory };
  say('making 990 more SkyPilot clusters');
  await makeSkyClusters(10, 1000);
  await run(manyRows);
  const { memory } = await measureAlone(1, contestants);
  if (memory) say(`memory: ${memory.resident.toFixed(0)} MiB, ${memory.anonymous.toFixed(0)} MiB of them its own`);
  return { comparisons, foreign, memory, startMemory };
}

function isWanted(id: string): boolean {
  return only?.test(id) ?? true;
}

/** What 1,000 foreign objects add, one kind after the other. */
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
