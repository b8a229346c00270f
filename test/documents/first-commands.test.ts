import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { parse, stringify } from 'yaml';
import { scenarioWorld } from '../../scripts/examples/worlds.ts';
import { findPrograms } from '../cluster/binaries.ts';
import { clusterVariable } from '../cluster/cluster-description.ts';
import { startCluster } from '../cluster/start.ts';
import { cluster } from '../helpers/cluster.ts';
import { skyports } from '../helpers/run-skyports.ts';
import { type FirstCommand, firstCommands } from './first-commands.ts';

const readme = readFileSync(resolve(import.meta.dirname, '../../README.md'), 'utf8');

/** A command with the placeholders of the README. */
const inReadme = (command: string) =>
  `kubectl skyports ${command}`
    .replace(' train', ' NAME')
    .replace(/\b(?:8000|8888)\b/g, 'PORT')
    .replace(/\b203\.0\.113\.\d+\b/, 'ADDRESS');

test('the README has a row for each question, with its command', (t) => {
  t.is(firstCommands.length, 21);
  for (const { question, readme: need, command } of firstCommands) {
    const rows = readme.split('\n').filter((line) => line.startsWith('| ') && line.includes(need));
    t.true(
      rows.some((row) => row.includes(`| \`${inReadme(command)}\``)),
      `${question}\n${need} → ${inReadme(command)}`,
    );
  }
});

/** The text of a help page. Help needs no cluster. */
async function page(t: ExecutionContext, words: string): Promise<string> {
  const { code, stdout } = await skyports(words.split(' '), { kubeconfig: '/', homeDirectory: '/', cwd: '/' });
  t.is(code, 0, words);
  return stdout;
}

/** Whether a help page shows how to open another one: by its name in a list, or by the whole command. */
function leadsTo(text: string, next: string): boolean {
  const listed = (name: string) => new RegExp(`^ {2}${name} {2,}`, 'm').test(text);
  const [first = '', second = '', entry] = next.split(' ');
  if (second === '--help') return listed(first) && text.includes('kubectl skyports COMMAND --help');
  if (entry === undefined)
    return listed(second) && /kubectl skyports help (?:TOPIC|recipes)/.test(text.replace(/\s+/g, ' '));
  return listed(entry) && text.replace(/\s+/g, ' ').includes(`kubectl skyports help ${second} `);
}

/** The same command with the names of the help, in which the app listens on port 8888. */
const inHelp = (command: string) => `kubectl skyports ${command}`.replace(/\b8000\b/, '8888');
const shows = (text: string, command: string) =>
  ['train', 'SKYCLUSTER'].some((name) =>
    text.replace(/\s+/g, ' ').includes(inHelp(command).replace('train', name).replaceAll(/\s+/g, ' ')),
  );

test('help leads to the command of each question', async (t) => {
  for (const { question, help, command } of firstCommands) {
    for (const [index, words] of help.entries()) {
      const text = await page(t, words);
      const next = help[index + 1];
      if (next === undefined) t.true(shows(text, command), `${question}\n${words} → ${inHelp(command)}`);
      else t.true(leadsTo(text, next), `${question}\n${words} → ${next}`);
    }
  }
});

test('help recipes alone has the command of each question', async (t) => {
  const text = await page(t, 'help recipes');
  for (const { question, command } of firstCommands) t.true(shows(text, command), `${question}\n${command}`);
});

test('each command runs, and prints the line that answers its question', async (t) => {
  // The commands read all namespaces, so they need a cluster of their own.
  const own = await startCluster(await findPrograms());
  t.teardown(() => own.stop());
  process.env[clusterVariable] = own.descriptionFile;
  for (const [world, questions] of Map.groupBy(firstCommands, (each) => each.world)) {
    const unmake = await scenarioWorld(world).make();
    for (const each of questions) await ask(t, each);
    await unmake();
  }
});

async function ask(t: ExecutionContext, first: FirstCommand): Promise<void> {
  const { question, before = [], command, added = '', context, later = 0, after = [], exitCode, answer } = first;
  const home = mkdtempSync(join(cluster().temporaryFolder, 'home-'));
  const kubeconfig = context === undefined ? cluster().adminKubeconfig : withContext(context, home);
  const run = (words: string) =>
    skyports(words.trim().split(' '), { kubeconfig, later, homeDirectory: home, cwd: home });
  for (const each of before) t.is((await run(each)).code, 0, each);
  const { code, stdout, stderr } = await run(`${command} ${added}`);
  t.is(code, exitCode, `${question}\n${command}\n${stdout}${stderr}`);
  t.regex(`${stdout}${stderr}`, answer, `${question}\n${command}`);
  for (const each of after) t.is((await run(each)).code, 0, each);
}

/** A kubeconfig for the test cluster whose only context has another name. */
function withContext(name: string, folder: string): string {
  const file = join(folder, 'kubeconfig');
  const config = parse(readFileSync(cluster().adminKubeconfig, 'utf8'));
  const [context] = config.contexts;
  writeFileSync(file, stringify({ ...config, contexts: [{ ...context, name }], 'current-context': name }));
  return file;
}
