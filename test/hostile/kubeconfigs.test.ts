import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import test from 'ava';
import { cluster, newNamespace, newUser } from '../helpers/cluster.ts';
import { skyports } from '../helpers/run-skyports.ts';
import { powerfulUser } from '../helpers/world.ts';
import { commandsIn } from './commands-in.ts';
import { completionFaults, faultsIn, firstOf } from './invariants.ts';
import { runsWithKubeconfigs } from './kubeconfig-runs.ts';
import type { Run } from './live-runs.ts';
import { faultsWhenPasted } from './pasted-faults.ts';
import { everyControl, options, shellWords, shortTexts } from './texts.ts';

const runs: Run[] = [];
test.before(async () => {
  const namespace = await newNamespace();
  const [allowed, forbidden] = await Promise.all([powerfulUser(namespace), newUser(namespace)]);
  // The last word has a backslash before a quote. Fish and bash read that differently.
  const words = [...shellWords.filter((_, index) => index % 3 === 0), shellWords.at(-1)!];
  for (const { text } of [everyControl, ...words, ...options.slice(0, 2)])
    runs.push(...(await runsWithKubeconfigs(text, allowed, forbidden)));
});

test('nothing raw, forged or of a crash in what is printed', (t) => {
  const faults = runs.flatMap(({ args, stdout, stderr }) =>
    [...faultsIn(stdout), ...faultsIn(stderr), ...(stdout + stderr === '' ? ['nothing is printed'] : [])].map(
      (fault) => `${args.join(' ')}: ${fault}`,
    ),
  );
  t.deepEqual(firstOf(faults), []);
  t.true(runs.length > 200);
});

test('the names are there, escaped', (t) => {
  const named = runs.filter(({ stdout, stderr }) => /z\\u001b\[31mred/.test(stdout + stderr));
  t.true(named.length > 10, `${named.length} runs name them`);
});

test('what is suggested runs only kubectl, sky and ls when it is pasted', async (t) => {
  const suggested = [...new Set(runs.flatMap(({ stdout, stderr }) => commandsIn(stdout + stderr)))];
  t.true(suggested.length > 20, `${suggested.length} commands`);
  // A context has no second name, so a command may have it in quotes.
  t.deepEqual(firstOf(await faultsWhenPasted(suggested, new Set(), cluster().temporaryFolder)), []);
});

/** Writes a kubeconfig in which almost every name is hostile. */
function kubeconfigOfAll(server: string, namespace?: string): string {
  const names = [
    'plain',
    'arn:aws:eks:eu-1:1/a@b',
    ...shortTexts.map(({ text }) => text).filter((text) => text !== ''),
  ];
  const file = join(
    cluster().temporaryFolder,
    `hostile-all-${process.pid}-${names.indexOf(namespace ?? '')}.kubeconfig`,
  );
  const content = {
    'current-context': 'plain',
    clusters: names.map((name) => ({ name, cluster: { server } })),
    users: names.map((name) => ({ name, user: {} })),
    contexts: names.map((name) => ({ name, context: { cluster: name, user: name, ...(namespace && { namespace }) } })),
  };
  writeFileSync(file, JSON.stringify(content));
  return file;
}

for (const flag of ['--context', '--cluster', '--user']) {
  test(`completion of ${flag} offers plain words and one directive`, async (t) => {
    const kubeconfig = kubeconfigOfAll('https://127.0.0.1:1');
    const env = { SKYPORTS_COMPLETION_TIMEOUT: '2m' };
    const { code, stdout } = await skyports(['__complete', 'endpoints', flag, ''], { kubeconfig, env });
    t.is(code, 0);
    t.deepEqual(firstOf(completionFaults(stdout, 'kubeconfig')), []);
    const offered = stdout.split('\n');
    for (const name of ['plain', 'arn:aws:eks:eu-1:1/a@b', 'off', '__proto__']) t.true(offered.includes(name), name);
  });
}

const commands = [
  ['endpoints'],
  ['endpoints', '--wait=1s'],
  ['doctor', 'train'],
  ['doctor', 'train', '--fix', '-y'],
  ['expose', 'train', '8888'],
  ['unexpose', 'train', '-y'],
  ['prune', '-y'],
  ['forward', 'train', '8888'],
  ['annotate', '--show'],
];

test('a namespace that is no DNS label is refused before anything is asked', async (t) => {
  let asked = 0;
  const server = createServer((_, response) => {
    asked++;
    response.writeHead(403, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ kind: 'Status', apiVersion: 'v1', status: 'Failure', code: 403, message: 'no' }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => server.close());
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const namespaces = [everyControl, ...shortTexts]
    .map(({ text }) => text)
    .filter((text) => !['', 'off'].includes(text));
  const env = { KUBECTL_PATH: cluster().kubectl };
  const faults: string[] = [];
  const refusal = (what: string, { code, stdout, stderr }: Awaited<ReturnType<typeof skyports>>) => {
    if (code !== 2 || stdout !== '') faults.push(`${what}: exit code ${code}`);
    faults.push(...faultsIn(stderr).map((fault) => `${what}: ${fault}`));
  };
  for (const [index, namespace] of [...namespaces, 'Upper', 'a.b', 'a'.repeat(64), '-a', 'a-'].entries()) {
    const command = commands[index % commands.length]!;
    const typed = [...command, `--namespace=${namespace}`];
    refusal(JSON.stringify(typed), await skyports(typed, { kubeconfig: kubeconfigOfAll(address), env }));
    const kubeconfig = kubeconfigOfAll(address, namespace);
    refusal(
      `${command.join(' ')} in a context with ${JSON.stringify(namespace)}`,
      await skyports(command, { kubeconfig, env }),
    );
  }
  t.deepEqual(firstOf(faults), []);
  t.is(asked, 0);
});

test('a namespace that is a DNS label is not refused', async (t) => {
  for (const namespace of ['a', 'off', '0-0', 'a'.repeat(63)]) {
    const { code, stderr } = await skyports(['endpoints', '-n', namespace]);
    t.deepEqual([code, stderr.includes(`namespace ${namespace}`)], [0, true], stderr);
  }
});
