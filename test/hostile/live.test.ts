import test from 'ava';
import { parse } from 'yaml';
import { admin, cluster, until } from '../helpers/cluster.ts';
import { startSkyports } from '../helpers/run-skyports.ts';
import { commandsIn } from './commands-in.ts';
import { completionFaults, faultsIn, firstOf } from './invariants.ts';
import {
  callsOfCluster,
  callsOfNamespace,
  callsWith,
  completions,
  furtherCallsOfCluster,
  type Run,
  runAll,
  tryingNames,
} from './live-runs.ts';
import { type HostileWorld, makeHostileWorld, removeHostileWorld } from './live-world.ts';
import { faultsWhenPasted } from './pasted-faults.ts';
import { onPipes, onTerminal } from './terminal.ts';
import { everyControl, lineEnds, options, unwanted } from './texts.ts';

let world: HostileWorld;
const runs: Record<'namespace' | 'names' | 'further' | 'typed', Run[]> = {
  namespace: [],
  names: [],
  further: [],
  typed: [],
};

test.before(async () => {
  world = await makeHostileWorld();
  const names = tryingNames(world);
  const [first] = world.clusters;
  const second = names.find(({ displayName }) => displayName === `z;${unwanted}`)!;
  const some = names.filter((_, index) => index % 2 === 0 || index > names.length - 5);
  const typed = [everyControl, lineEnds[0]!, options[0]!];
  runs.namespace = await runAll(world, callsOfNamespace(world));
  runs.names = await runAll(world, some.flatMap(callsOfCluster));
  runs.further = await runAll(world, [first!, second].flatMap(furtherCallsOfCluster));
  runs.typed = await runAll(
    world,
    typed.flatMap(({ text }) => callsWith(text)),
  );
});
test.after.always(() => world && removeHostileWorld(world));

test('the API server takes the texts as names, paths and events, and few of them as host names', (t) => {
  const { clusters, taken } = world;
  t.true(clusters.length > 50);
  t.deepEqual([taken.path, taken.event], [clusters.length, clusters.length]);
  t.true(taken.hostname > 0 && taken.hostname < 10, `${taken.hostname} host names`);
});

for (const group of ['namespace', 'names', 'further', 'typed'] as const) {
  test(`nothing raw, forged or of a crash in what is printed: ${group}`, (t) => {
    const faults = runs[group].flatMap(({ args, code, stdout, stderr }) =>
      [
        ...faultsIn(stdout),
        ...faultsIn(stderr),
        ...(stdout + stderr === '' ? ['nothing is printed'] : []),
        ...(/yaml: /.test(stderr) ? [`words of the server's parser: ${stderr.slice(0, 200)}`] : []),
        ...(code > 4 ? [`exit code ${code}`] : []),
      ].map((fault) => `${JSON.stringify(args)}: ${fault}`),
    );
    t.deepEqual(firstOf(faults), []);
    t.true(runs[group].length >= 14, `${runs[group].length} runs`);
  });
}

test('the texts are there, escaped, wherever a name stands', (t) => {
  for (const { args, stdout, stderr } of runs.namespace) {
    if (/^(prune|name|url)/.test(args.at(-1)!) || args[0] === 'prune') continue;
    if (args.includes('--redact') || args.includes('nodeport') || args[1] === 'unknown') continue;
    t.regex(stdout + stderr, /\\(u001b|x1b|e|\\u001b)/, args.join(' '));
  }
});

test('JSON and YAML say the same, and have every name as it is', (t) => {
  const printed = (command: string, format: string) =>
    runs.namespace.find(({ args }) => args[0] === command && args.at(-1) === format && !args.includes('--redact'))!;
  for (const command of ['endpoints', 'doctor']) {
    const json = JSON.parse(printed(command, 'json').stdout);
    const yaml = parse(printed(command, 'yaml').stdout, { version: '1.1' });
    t.deepEqual(Object.keys(yaml), Object.keys(json));
    t.is(printed(command, 'json').code, printed(command, 'yaml').code);
  }
  const names = new Set<string>(
    JSON.parse(printed('endpoints', 'json').stdout).items.map(({ skyCluster }: { skyCluster: string }) => skyCluster),
  );
  t.true(names.has(everyControl.text));
});

test('completion offers plain words and one directive, and for other names the name on the cloud', async (t) => {
  for (const words of completions) {
    const [{ code, stdout, stderr }] = (await runAll(world, [['__complete', ...words]])) as [Run];
    t.deepEqual([code, stderr], [0, ''], words.join(' '));
    t.deepEqual(firstOf(completionFaults(stdout, 'names')), [], words.join(' '));
    if (words.length !== 2 || words[1] !== '') continue;
    const offered = stdout.split('\n');
    for (const { displayName, nameOnCloud } of tryingNames(world)) {
      t.true(offered.includes(nameOnCloud), `${words[0]} offers ${nameOnCloud} for ${JSON.stringify(displayName)}`);
    }
  }
});

test('--watch shows a name that changes meanwhile', async (t) => {
  const { namespace, kubeconfig, clusters } = world;
  const { nameOnCloud } = clusters.find(({ displayName }) => displayName === 'off')!;
  const running = startSkyports(['endpoints', nameOnCloud, '--watch'], { kubeconfig });
  await until('the first rows are printed', async () => running.stdout() !== '');
  const before = running.stdout();
  const annotations = { 'skypilot-cluster-name': everyControl.text };
  await admin('PATCH', `/api/v1/namespaces/${namespace}/pods/${nameOnCloud}-head`, { metadata: { annotations } });
  await until('the change is printed', async () => running.stdout() !== before);
  running.interrupt();
  const { stdout, stderr } = await running.outcome;
  t.deepEqual([...faultsIn(stdout), ...faultsIn(stderr)], []);
  t.regex(stdout.slice(before.length), /red/);
});

/** The built program differs only in how it writes, so a few calls are enough. */
const throughPipe = (): string[][] => [
  ['endpoints', '-o', 'wide'],
  ['endpoints', '--mode', 'nodeport'],
  ['endpoints', '-v=8'],
  ['doctor', '-n', world.namespace],
  ['__complete', 'endpoints', ''],
  [everyControl.text.replaceAll('\0', '')],
];

const throughTerminal = (): string[][] => [
  ...throughPipe(),
  ['endpoints', '--wait=1s'],
  ['endpoints', '-o', 'jsonpath={.items[*].skyCluster}'],
  ['doctor', '-n', world.namespace, '-o', 'wide'],
  ['doctor', '-n', world.namespace, '--fix', '--dry-run'],
  ['unexpose', 'h00-2ea485ef', '-y'],
  ['annotate', '--show', '--ingress-service', world.controller],
];

for (const [where, run, callsOf] of [
  ['a pipe', onPipes, throughPipe],
  ['a terminal', onTerminal, throughTerminal],
] as const) {
  test(`the built program writes nothing raw to ${where}`, async (t) => {
    const faults: string[] = [];
    for (const args of callsOf()) {
      const text = await run(args, world.kubeconfig);
      if (text.length < 40) faults.push(`${args.join(' ')} prints ${JSON.stringify(text)}`);
      faults.push(...faultsIn(text).map((fault) => `${args.join(' ')}: ${fault}`));
    }
    t.deepEqual(faults, []);
  });
}

test('what is suggested runs only kubectl, sky and ls when it is pasted', async (t) => {
  const printed = Object.values(runs).flatMap((some) => some.map(({ stdout, stderr }) => stdout + stderr));
  // A name that is an option was typed as one: the call's own flag is repeated.
  const suggested = [...new Set(printed.flatMap(commandsIn))].filter(
    (each) => !each.includes(' --server https://evil.invalid'),
  );
  t.true(suggested.length > 50, `${suggested.length} commands`);
  const never = new Set(tryingNames(world).map(({ displayName }) => displayName));
  t.deepEqual(firstOf(await faultsWhenPasted(suggested, never, cluster().temporaryFolder)), []);
});
