import { execFile } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import test from 'ava';
import { setInSkyConfig } from '../../src/skypilot/config-file/edit-sky-config.ts';
import { faultsOfSkyConfig } from '../../src/skypilot/config-file/sky-config-faults.ts';
import { cluster, type Json } from '../helpers/cluster.ts';
import { skyConfigTexts } from '../skypilot/sky-config-texts.ts';
import { installSkyPilot } from './skypilot.ts';

const annotations = ['kubernetes', 'custom_metadata', 'annotations'];
const edits: readonly (readonly [readonly string[], string])[] = [
  [['kubernetes', 'ports'], 'ingress'],
  [['kubernetes', 'context_configs', 'prod', 'ports'], 'podip'],
  [[...annotations, 'networking.gke.io/load-balancer-type'], 'Internal'],
  ...['yes', '1:30', '2026-11-27', '0o17', '1_000', '~', '', 'a: b # c'].map(
    (value) => [[...annotations, 'example.com/odd'], value] as const,
  ),
];

/** What SkyPilot makes of texts, in their order; in a home of its own. */
async function readBySkyPilot(texts: readonly string[]): Promise<Json[]> {
  const home = mkdtempSync(join(cluster().temporaryFolder, 'skypilot-config-'));
  const files = texts.map((text, at) => {
    const file = join(home, `${at}.yaml`);
    writeFileSync(file, text);
    return file;
  });
  const options = { env: { PATH: process.env.PATH, HOME: home }, maxBuffer: 1 << 30, cwd: home };
  const running = promisify(execFile)(await installSkyPilot(), [join(import.meta.dirname, 'read-config.py')], options);
  running.child.stdin!.end(files.map((file) => `${file}\n`).join(''));
  return (await running).stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
}

function withValue(content: Json, [key, ...rest]: readonly string[], value: string): Json {
  if (key === undefined) return value;
  const fields = content ?? {};
  return { ...fields, [key]: withValue(fields[key], rest, value) };
}

// The largest takes PyYAML long; its parts are those of the others.
const texts = Object.entries(skyConfigTexts).filter(([, text]) => text.length < 100_000);

test('SkyPilot reads what config wrote: the one key, and everything else as before', async (t) => {
  const cases = texts.flatMap(([name, text]) =>
    edits.map(([keys, value]) => ({
      name,
      text,
      keys,
      value,
      after: setInSkyConfig({ path: 'c', text }, keys, value),
    })),
  );
  const before = await readBySkyPilot(texts.map(([, text]) => text));
  const after = await readBySkyPilot(cases.map((each) => each.after));
  const byName = new Map(texts.map(([name], at) => [name, before[at]!]));
  let accepted = 0;
  for (const [at, { name, keys, value, after: text }] of cases.entries()) {
    const [was, is] = [byName.get(name)!, after[at]!];
    t.is(was.unreadable, undefined, name);
    t.deepEqual(is.content, withValue(was.content, keys, value), `${name}: ${keys.join('.')}\n${text}`);
    if (is.rejected !== undefined) continue;
    accepted++;
    if (keys.at(-1) === 'ports' && keys.length > 2) t.is(is.ports, 'podip', name);
    if (keys.includes('annotations') && !/context_configs/.test(text)) t.is(is.annotations[keys.at(-1)!], value, name);
  }
  t.true(accepted > 300, `SkyPilot accepts ${accepted} of ${cases.length}`);
});

test('what SkyPilot rejects about ports, config check names', async (t) => {
  const rejected = [
    'kubernetes:\n',
    'kubernetes: null\n',
    'kubernetes: text\n',
    'kubernetes:\n  ports: nodeport\n',
    'kubernetes:\n  ports: [ingress]\n',
    'kubernetes:\n  custom_metadata: {name: x}\n',
    'kubernetes:\n  custom_metadata: {namespace: x}\n',
    'kubernetes:\n  context_configs: [prod]\n',
    'ports: ingress\n',
    'custom_metadata: {}\n',
    'k8s: {}\n',
    '- kubernetes\n',
  ];
  const answers = await readBySkyPilot(rejected);
  for (const [at, text] of rejected.entries()) {
    t.truthy(answers[at]!.rejected ?? answers[at]!.unreadable, `SkyPilot takes ${text}`);
    t.true(faultsOfSkyConfig({ path: 'c', text }, false).length > 0, text);
  }
  const taken = [
    'kubernetes:\n  ports: ingress\n',
    'kubernetes:\n  context_configs:\n    prod: {ports: podip}\n',
    '',
    '{}\n',
  ];
  for (const [at, answer] of (await readBySkyPilot(taken)).entries()) {
    t.is(answer.rejected, undefined, taken[at]);
    t.deepEqual(faultsOfSkyConfig({ path: 'c', text: taken[at]! }, false), []);
  }
});
