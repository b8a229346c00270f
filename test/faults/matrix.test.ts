import test from 'ava';
import { findPrograms } from '../cluster/binaries.ts';
import { clusterVariable } from '../cluster/cluster-description.ts';
import { type RunningCluster, startCluster } from '../cluster/start.ts';
import { allCells, sampleOf } from './cells.ts';
import { commands } from './commands.ts';
import { faults } from './faults.ts';
import { linesOf, tryCells } from './matrix.ts';
import { severalWritesPlaces } from './places.ts';

/** `endpoints -A` and the platform see a whole cluster: an API server of this file's own. */
let running: RunningCluster;
const sample = sampleOf(allCells, 200);
const broken = new Map<string, string[]>(faults.map(({ name }) => [name, []]));
let tried = 0;

test.before(async () => {
  running = await startCluster(await findPrograms());
  process.env[clusterVariable] = running.descriptionFile;
  // Over HTTP/2, Node 26.10 itself crashes after some hundred trials, in Http2Stream::Destroy (docs/decisions.md). This
  // process then held the servers of all proxies and the clients.
  await tryCells(sample, '1.1', (trial, judgements) => {
    tried++;
    broken.get(trial.cell.fault.name)!.push(...linesOf(trial, judgements));
  });
});
test.after.always(() => running?.stop());

test('the table has the faults and commands that it promises', (t) => {
  t.true(faults.length >= 47, `${faults.length} faults`);
  t.true(commands.length >= 13, `${commands.length} commands`);
  t.is(new Set(faults.map(({ name }) => name)).size, faults.length);
  t.is(new Set(commands.map(({ name }) => name)).size, commands.length);
});

test('the sample has every fault, every command and every place', (t) => {
  const names = (list: readonly { readonly name: string }[]) => [...new Set(list.map(({ name }) => name))].sort();
  t.deepEqual(names(sample.map(({ fault }) => fault)), names(faults));
  t.deepEqual(names(sample.map(({ row }) => row)), names(commands));
  t.deepEqual(names(sample.map(({ place }) => place)), [...severalWritesPlaces].sort());
  t.is(tried, sample.length);
});

for (const { name } of faults) {
  test(`${name}: every promise holds`, (t) => {
    t.deepEqual(broken.get(name), []);
  });
}
