import { join } from 'node:path';
import test from 'ava';
import { dumpOf } from '../../src/snapshot/dump.ts';
import { createTemporaryFolder } from '../cluster/temporary-folder.ts';
import { type KubernetesObject, lookAt, seen } from '../helpers/look.ts';
import { skyports } from '../helpers/run-skyports.ts';
import { skyLoadBalancer, skyNames, skyPod } from '../helpers/skypilot-objects.ts';
import { startDumpServer } from './dump-server.ts';
import { doctorOf, sampleDumps } from './dumps.ts';
import { flooded } from './generated.ts';
import { faultsIn } from './invariants.ts';
import { type DumpDocument, patternOf, replaced, uncheckedIn } from './mutations.ts';
import { longMessage, longName } from './texts.ts';

const most = { table: 200_000, message: 50_000 };
const textFormats = ['table', 'wide', 'short', 'tree', 'markdown', 'html'] as const;

const folder = createTemporaryFolder();
test.after.always(() => folder.remove());

/** Makes sixty SkyPilot clusters with a load balancer each. The first one is called `name`. */
function sixty(name: string): DumpDocument {
  const objects = Array.from({ length: 60 }, (_, index): KubernetesObject[] => {
    const names = skyNames('default', `c${index}`);
    const pod = skyPod({ ...names, displayName: index === 0 ? name : names.displayName });
    return [pod, skyLoadBalancer(names, [8888], index % 2 ? { ip: `203.0.113.${index}` } : {})];
  });
  return dumpOf(lookAt(objects.flat()));
}

async function endpointsOf(t: { teardown(close: () => void): void }, dump: DumpDocument, ...flags: readonly string[]) {
  const server = await startDumpServer(join(folder.path, `config-${Math.random()}`));
  t.teardown(() => server.close());
  return skyports(['endpoints', ...flags], { kubeconfig: server.serve(dump), cwd: '/', homeDirectory: '/nowhere' });
}

for (const flags of [[], ['-o', 'wide'], ['-A']]) {
  test.serial(`endpoints ${flags.join(' ')}: one name of 250 kB does not cost every row of everybody`, async (t) => {
    const dump = sixty(longName);
    if (flags.includes('-A')) dump.metadata.namespace = null;
    const { code, stdout, stderr } = await endpointsOf(t, dump, ...flags);
    t.is(code, 0, stderr);
    // Headers, one line for each row, and in the narrow table the reason of each pending row.
    t.is(stdout.trimEnd().split('\n').length, 1 + 60 + (flags.includes('wide') ? 0 : 30));
    t.true(stdout.length + stderr.length < most.table, `${stdout.length + stderr.length} characters`);
  });
}

test.serial('endpoints -o json has the whole name', async (t) => {
  const { stdout } = await endpointsOf(t, sixty(longName), '-o', 'json');
  t.true(JSON.parse(stdout).items.some(({ skyCluster }: { skyCluster: string }) => skyCluster === longName));
});

test.serial('endpoints without a matching row does not print 250 kB of a name', async (t) => {
  const { stderr } = await endpointsOf(t, sixty(longName), '--mode', 'nodeport');
  t.regex(stderr, /^No port of the SkyPilot clusters is open in nodeport mode/m);
  t.true(stderr.length < most.message, `${stderr.length} characters`);
});

for (const format of textFormats) {
  test.serial(`doctor -o ${format}: one name of 250 kB does not flood the diagnosis`, async (t) => {
    const { stdout, stderr } = await doctorOf(sixty(longName), format);
    const usual = (await doctorOf(sixty('c0'), format)).stdout.length;
    t.true(usual > 1_000);
    const more = stdout.length + stderr.length - usual;
    t.true(more < most.message, `${more} characters more than with a short name`);
  });
}

test.serial('endpoints: a warning of 1 MB about a pending load balancer stays a line', async (t) => {
  const names = skyNames('default', 'train');
  const service = skyLoadBalancer(names, [8888]);
  const event = {
    metadata: { name: 'e', namespace: 'default' },
    ...{ type: 'Warning', reason: 'SyncFailed', message: longMessage, lastTimestamp: '2026-11-02T11:59:00Z' },
    involvedObject: { kind: 'Service', namespace: 'default', name: service.metadata!.name! },
  };
  const look = lookAt([skyPod(names), service]);
  const dump = dumpOf({ ...look, topics: { ...look.topics, events: seen([event]) } });
  for (const flags of [[], ['-o', 'wide'], ['--wait=10ms']]) {
    const { stdout, stderr } = await endpointsOf(t, dump, ...flags);
    t.regex(stdout, /SyncFailed/);
    t.true(stdout.length + stderr.length < most.message, `${flags}: ${stdout.length + stderr.length} characters`);
  }
});

test.serial('doctor: a text of 1 MB in any one unchecked field stays readable', async (t) => {
  const tried = new Set<string>();
  const faults: string[] = [];
  for (const { name, dump, args } of sampleDumps()) {
    for (const path of uncheckedIn(dump)) {
      // Each field is tried in two scenarios, because not every scenario shows it.
      const pattern = patternOf(path);
      if (tried.has(`${pattern} again`)) continue;
      tried.add(tried.has(pattern) ? `${pattern} again` : pattern);
      const mutant = replaced(dump, path, longMessage);
      // The wide layout contains all texts of the other layouts.
      const { stdout, stderr } = await doctorOf(mutant, 'wide', args);
      const length = stdout.length + stderr.length;
      if (length >= most.message) faults.push(`${name}, ${path.join('.')}: ${length} characters`);
    }
  }
  t.deepEqual(faults, []);
  t.true(tried.size > 60, `${tried.size} fields`);
});

test.serial('doctor: texts of 20 kB in every unchecked field at once hurt nothing else', async (t) => {
  const faults: string[] = [];
  const text = { tries: 'is long', text: longMessage.slice(0, 20_000) };
  for (const [index, sample] of sampleDumps().entries()) {
    if (index % 4 !== 0) continue;
    const { name, dump, args } = flooded(sample, text);
    const { stdout, stderr } = await doctorOf(dump, 'wide', args);
    faults.push(...[...faultsIn(stdout), ...faultsIn(stderr)].map((fault) => `${name}: ${fault}`));
    if (stdout.length >= most.table) faults.push(`${name}: ${stdout.length} characters`);
  }
  t.deepEqual(faults, []);
});
