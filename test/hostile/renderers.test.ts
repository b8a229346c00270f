import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import fc from 'fast-check';
import { parse } from 'yaml';
import { createTemporaryFolder } from '../cluster/temporary-folder.ts';
import { type RunOutcome, skyports } from '../helpers/run-skyports.ts';
import { startDumpServer } from './dump-server.ts';
import { type DoctorFormat, doctorFormats, doctorOf, sampleDumps } from './dumps.ts';
import { anyLiveMutant, anyMutant, flooded, type Mutant } from './generated.ts';
import { faultsIn, firstOf } from './invariants.ts';
import { patternOf, textsIn, uncheckedIn } from './mutations.ts';
import { everyControl, oddities, options, shellWords } from './texts.ts';

const samples = sampleDumps();

/** Lists the faults of one dump in some formats. To parse YAML again is the slowest part. */
async function faultsOfDoctor(mutant: Mutant, formats: readonly DoctorFormat[]): Promise<string[]> {
  const faults: string[] = [];
  const documents = new Map<DoctorFormat, unknown>();
  for (const format of formats) {
    const { code, stdout, stderr } = await doctorOf(mutant.dump, format, mutant.args);
    faults.push(...faultsIn(stdout), ...faultsIn(stderr));
    if (stdout === '' && code !== 2) faults.push(`${format}: no diagnosis, exit code ${code}`);
    if (stdout === '' || (format !== 'json' && format !== 'yaml')) continue;
    documents.set(format, documentIn(stdout, format));
    if (documents.get(format) === undefined) faults.push(`no ${format}`);
  }
  const [first, second] = [...documents.values()].map((document) => JSON.stringify(document));
  if (documents.size === 2 && first !== second) faults.push('JSON and YAML differ');
  return about(mutant, faults);
}

const forPeople = ['table', 'wide', 'short'] as const;
const forReports = ['tree', 'markdown', 'html'] as const;
const forPrograms = ['json', 'yaml'] as const;

/** Joins the faults into one message that names the dump. */
function about({ name, changes }: Mutant, faults: readonly string[]): string[] {
  return faults.length === 0 ? [] : [`${name} with ${changes.join(', ')}: ${[...new Set(faults)].join('; ')}`];
}

/** Parses a document. An unpaired surrogate is written as U+FFFD. */
function documentIn(text: string, format: 'json' | 'yaml'): unknown {
  try {
    const document = format === 'json' ? JSON.parse(text) : parse(text.toWellFormed(), { version: '1.1' });
    return JSON.parse(
      JSON.stringify(document, (_, value) => (typeof value === 'string' ? value.toWellFormed() : value)),
    );
  } catch {
    return undefined;
  }
}

test.serial('the scenarios have unchecked fields of every kind', (t) => {
  const patterns = new Set(samples.flatMap(({ dump }) => uncheckedIn(dump).map(patternOf)));
  for (const end of ['.hostname', '.events.items.*.message', '.address', '.path', 'skypilot-cluster-name', '.subject'])
    t.true(
      [...patterns].some((pattern) => pattern.endsWith(end)),
      end,
    );
  const all = samples.reduce((sum, { dump }) => sum + [...textsIn(dump)].length, 0);
  t.true(all > 5_000, `${all} texts`);
});

test.serial('doctor: every control character in every unchecked field at once', async (t) => {
  const faults: string[] = [];
  for (const [index, sample] of samples.entries())
    faults.push(
      ...(await faultsOfDoctor(
        flooded(sample, everyControl),
        [doctorFormats, forReports, forPeople, forPeople][index % 4]!,
      )),
    );
  t.deepEqual(firstOf(faults), []);
});

test.serial('doctor: what shells and programs take for something else, in every unchecked field at once', async (t) => {
  const texts = [...shellWords, ...options, ...oddities];
  const faults: string[] = [];
  for (const [index, sample] of samples.entries())
    faults.push(
      ...(await faultsOfDoctor(flooded(sample, texts[index % texts.length]!), index % 4 ? ['wide'] : forPrograms)),
    );
  t.deepEqual(firstOf(faults), []);
});

for (const [from, mutants, numRuns] of [
  ['a cluster', anyLiveMutant(samples), 60],
  ['a dump of another user', anyMutant(samples), 120],
] as const) {
  test.serial(`doctor: any texts from ${from}`, async (t) => {
    const formats = fc.constantFrom<readonly DoctorFormat[]>(forPeople, forReports, forPrograms);
    const property = fc.asyncProperty(mutants, formats, async (mutant, some) => {
      const faults = await faultsOfDoctor(mutant, some);
      if (faults.length > 0) throw new Error(faults.join('\n'));
    });
    await assertHolds(t, property, numRuns);
  });
}

async function assertHolds<T>(t: ExecutionContext, property: fc.IAsyncProperty<T>, numRuns: number): Promise<void> {
  // The first failure is easy to read, and shrinking takes long.
  const { failed, errorInstance, seed, numRuns: ran } = await fc.check(property, { numRuns, endOnFailure: true });
  t.false(failed, `seed ${seed}: ${(errorInstance as Error | null)?.message}`);
  t.is(ran, numRuns);
}

const columns = '{range .items[*]}{.skyCluster} {.url} {.reason} {.address} {.addresses} {.source}{"\\n"}{end}';

/** Flags of `endpoints`, after the namespace. */
const endpointRuns: readonly (readonly string[])[] = [
  [],
  ['-o', 'wide'],
  ['-o', 'json'],
  ['-o', 'yaml'],
  ['-o', 'name'],
  ['-o', 'url'],
  ['-o', `jsonpath=${columns}`],
  ['-o', 'jsonpath={.}'],
  ['-o', 'jsonpath={.items[*]}'],
  ['--mode', 'nodeport', '--port', '1'],
  ['-v=8'],
];

test.serial('endpoints: texts that no API server checks, in every format', async (t) => {
  const folder = createTemporaryFolder();
  const server = await startDumpServer(join(folder.path, 'config'));
  t.teardown(() => server.close());
  t.teardown(() => folder.remove());
  let printed = 0;
  const run = async (mutant: Mutant, flags: readonly string[]) => {
    const { dump } = mutant;
    const kubeconfig = server.serve(dump);
    const scope = dump.metadata.namespace ? [] : ['-A'];
    const outcome = await skyports(['endpoints', ...scope, ...flags], {
      kubeconfig,
      cwd: '/',
      homeDirectory: '/nowhere',
    });
    if (outcome.stdout !== '') printed++;
    return about(mutant, faultsOfEndpoints(outcome, flags));
  };
  const faults: string[] = [];
  for (const [index, sample] of samples.entries()) {
    // Every second scenario is printed in one of the formats.
    if (index % 2 === 0) faults.push(...(await run(flooded(sample, everyControl), endpointRuns[(index / 2) % 11]!)));
    const name = sample.dump.topics.pods?.items?.[0]?.metadata.labels?.['skypilot-cluster-name'];
    if (index % 20 === 1 && name) faults.push(...(await run(flooded(sample, everyControl), [name, '-o', 'sky'])));
  }
  t.deepEqual(firstOf(faults), []);
  t.true(printed > 70, `${printed} printed`);
  const property = fc.asyncProperty(anyLiveMutant(samples), fc.constantFrom(...endpointRuns), async (mutant, flags) => {
    const found = await run(mutant, flags);
    if (found.length > 0) throw new Error(found.join('\n'));
  });
  await assertHolds(t, property, 50);
});

function faultsOfEndpoints({ code, stdout, stderr }: RunOutcome, flags: readonly string[]): string[] {
  const format = flags.at(-1);
  const isDocument = format === 'json' || format === 'yaml';
  return [
    ...[...faultsIn(stdout), ...faultsIn(stderr)].map((fault) => `${flags.join(' ')}: ${fault}`),
    // A server that fails to list Pods or Services ends the command, in its own words.
    ...(isDocument && code !== 1 && documentIn(stdout, format) === undefined ? [`no ${format}`] : []),
    ...(code === 0 || code === 3 || code === 4 || (code === 1 && /^error: Error from server/m.test(stderr))
      ? []
      : [`exit code ${code}: ${stderr.slice(0, 200)}`]),
  ];
}
