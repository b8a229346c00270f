import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import test from 'ava';
import { commandCalled } from '../../src/arguments/command-description.ts';
import { flagsOf } from '../../src/arguments/completion.ts';
import type { Flags } from '../../src/arguments/flag.ts';
import { normalizeArguments } from '../../src/arguments/normalize.ts';
import { allCommands } from '../../src/commands/all-commands.ts';
import { connectionFlags } from '../../src/commands/connection/flags.ts';
import { helpTopics } from '../../src/commands/help-topics.ts';
import { recipes } from '../../src/commands/recipes.ts';
import { platformIds } from '../../src/platforms/ids.ts';
import { platformHints } from '../../src/platforms/platform-hints.ts';
import { platformHelp } from '../../src/platforms/platform-lines.ts';

const src = resolve(import.meta.dirname, '../../src');
const sources = readdirSync(src, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts') && !name.endsWith('help-topics.ts'))
  .map((name) => readFileSync(join(src, name), 'utf8'));

/** `env.NAME`, `const { NAME } = system.env`, and names that a table hands on to `env[name]`. */
function variablesIn(source: string): string[] {
  const read = [...source.matchAll(/\benv\.([A-Z][A-Z_]+)\b/g)].map(([, name]) => name!);
  const taken = [...source.matchAll(/const \{([^}]*)\} = (?:system\.)?env;/g)].flatMap(([, names]) =>
    names!.split(',').map((name) => name.split(':', 1)[0]!.trim()),
  );
  const named = [...source.matchAll(/'((?:SKYPILOT|SKYPORTS)_[A-Z_]+)'/g)]
    .map(([, name]) => name!)
    // Variables of a Pod, which name its ports.
    .filter((name) => !/^SKYPILOT_(?:RAY|SSHD|SKYLET)_/.test(name));
  const proxies = source.includes(`env[\`\${scheme}_PROXY\`]`) ? ['HTTPS_PROXY', 'HTTP_PROXY'] : [];
  return [...read, ...taken, ...named, ...proxies];
}

test('help environment lists the variables that are read, and no others', (t) => {
  const read = [...new Set(sources.flatMap(variablesIn))].toSorted();
  const topic = helpTopics.find(({ name }) => name === 'environment');
  const rows = topic?.paragraphs[0]?.split('\n') ?? [];
  const listed = rows.flatMap((row) => row.trim().split(/ {2,}/)[0]!.split(', '));
  t.deepEqual(listed.toSorted(), read);
});

const generalFlags: Flags = { help: { type: 'optional', short: 'h', describe: '' } };
const cliSpec = { commands: allCommands, connectionFlags, generalFlags };

test('each recipe has a command and flags that exist', (t) => {
  for (const line of recipes.flatMap(({ lines }) => lines)) {
    const [program, plugin, name = '', ...words] = line.split(' | ', 1)[0]!.split(' ');
    t.deepEqual([program, plugin], ['kubectl', 'skyports'], line);
    if (name === 'help') {
      t.true(
        helpTopics.some((topic) => topic.name === words[0]),
        line,
      );
      continue;
    }
    const command = commandCalled(name, allCommands);
    t.truthy(command, line);
    t.notThrows(() => normalizeArguments(words, flagsOf([command!], cliSpec)), line);
  }
});

test('help recipes and help platforms show all of their data', async (t) => {
  const textOf = async (name: string) => (await helpTopics.find((topic) => topic.name === name)!.load!()).join('\n');
  const shown = await textOf('recipes');
  for (const { task, lines } of recipes) {
    t.true(task.length < 80, task);
    t.true(shown.includes(`${task.replace(/[^?]$/, '$&:')}\n${lines.map((line) => `  ${line}`).join('\n')}`), task);
  }
  const lines = (await textOf('platforms')).split('\n').filter((line) => line.startsWith('  '));
  t.deepEqual(
    lines.map((line) => line.trim().split(' ')[0]),
    [...platformIds],
  );
  t.true(lines.every((line) => !line.includes('undefined')));
});

test('each platform and load balancer has a page', (t) => {
  for (const id of platformIds) t.notRegex(platformHelp(id) ?? 'undefined', /undefined|null/, id);
  for (const id of Object.keys(platformHints))
    t.true(
      platformIds.some((each) => each === id),
      id,
    );
  t.is(platformHelp('nonsense'), undefined);
  const gke = platformHelp('gke')!;
  t.regex(gke, /^GKE\.\n/);
  t.regex(gke, /^ {2}reached by default {2}from the internet$/m);
  t.regex(gke, /^ {2}--scheme internal {3}networking\.gke\.io\/load-balancer-type=Internal$/m);
  t.regex(
    platformHelp('rke2')!,
    /has no load balancer of its own\.\n\nRKE2 has no load balancer .*\n\nRKE2 brings ingress-nginx/,
  );
  t.regex(platformHelp('eks')!, /^Amazon EKS\.\n\n {2}gives addresses {5}AWS's own cloud controller$/m);
});

test('no message refers to a file of the documentation, which an installed plugin lacks', (t) => {
  const documents = readdirSync(resolve(src, '../docs'));
  const messages = [...sources, readFileSync(join(src, 'commands/help-topics.ts'), 'utf8')].flatMap((source) =>
    source.split('\n').filter((line) => !/^\s*(?:\/?\*|\/\/)/.test(line)),
  );
  const found = messages.filter((line) =>
    documents.some((name) => new RegExp(`(?<![\\w/])docs/${name.replaceAll('.', '\\.')}`).test(line)),
  );
  t.deepEqual(found, []);
});
