import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import test from 'ava';
import { helpTopics } from '../../src/commands/help-topics.ts';

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
