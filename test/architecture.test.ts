import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import test from 'ava';

const source = resolve(import.meta.dirname, '../src');

/** What each folder may import from, besides itself. Imports point one way (docs/architecture.md). */
const allowed: Readonly<Record<string, readonly string[]>> = {
  errors: [],
  arguments: ['errors'],
  snapshot: ['errors'],
  skypilot: ['snapshot', 'errors'],
  platforms: ['snapshot', 'errors'],
  apps: ['snapshot', 'platforms', 'errors'],
  exposure: ['snapshot', 'skypilot', 'platforms', 'errors'],
  modes: ['snapshot', 'skypilot', 'platforms', 'exposure', 'errors'],
  redaction: ['snapshot', 'skypilot', 'platforms', 'exposure', 'modes'],
  doctor: ['snapshot', 'skypilot', 'platforms', 'apps', 'exposure', 'modes', 'errors'],
  output: ['snapshot', 'exposure', 'modes', 'doctor', 'arguments', 'errors', 'system.ts'],
  kubernetes: ['snapshot', 'errors', 'arguments', 'system.ts', 'version.ts'],
  local: ['snapshot', 'skypilot', 'errors', 'system.ts'],
  probes: ['snapshot', 'platforms', 'apps', 'exposure', 'modes', 'version.ts'],
  'load-balancers': [
    'arguments',
    'snapshot',
    'skypilot',
    'exposure',
    'modes',
    'platforms',
    'output',
    'kubernetes',
    'errors',
  ],
  commands: [
    'arguments',
    'load-balancers',
    'snapshot',
    'skypilot',
    'exposure',
    'modes',
    'doctor',
    'redaction',
    'platforms',
    'apps',
    'output',
    'kubernetes',
    'local',
    'probes',
    'errors',
    'system.ts',
    'version.ts',
  ],
  'cli.ts': ['arguments', 'commands', 'errors', 'output', 'system.ts', 'version.ts'],
  'main.ts': ['cli.ts', 'system.ts'],
  'system.ts': [],
  'version.ts': [],
};

/** Functions of values: nothing of Node, no client, no process. */
const pure = [
  'errors',
  'arguments',
  'snapshot',
  'skypilot',
  'platforms',
  'apps',
  'exposure',
  'modes',
  'redaction',
  'doctor',
  'output',
];

/** Packages that one place alone may know. */
const packageOwners: Readonly<Record<string, string>> = {
  '@kubernetes/client-node/dist/config.js': 'kubernetes',
  yargs: 'cli.ts',
};

interface Import {
  readonly file: string;
  readonly room: string;
  readonly target: string;
}

const files = readdirSync(source, { recursive: true, encoding: 'utf8' })
  .map((file) => file.replaceAll('\\', '/'))
  .filter((file) => file.endsWith('.ts'));
const textOf = (file: string) => readFileSync(join(source, file), 'utf8');
const imports: Import[] = files.flatMap((file) =>
  [...textOf(file).matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)].map(([, target]) => ({
    file,
    room: file.split('/')[0]!,
    target: target!,
  })),
);

test('there are imports to look at', (t) => {
  t.true(imports.length > 200);
  t.true(imports.some(({ target }) => target.startsWith('node:')));
});

test('imports point one way', (t) => {
  const wrong = imports.flatMap(({ file, room, target }) => {
    if (!target.startsWith('.')) return [];
    const other = relative(source, resolve(source, dirname(file), target))
      .replaceAll('\\', '/')
      .split('/')[0]!;
    if (other === room || other === '..') return [];
    return (allowed[room] ?? []).includes(other) ? [] : [`${file} imports ${target}`];
  });
  t.deepEqual(wrong, []);
});

test('docs/architecture.md has the same rules', (t) => {
  const document = readFileSync(join(source, '../docs/architecture.md'), 'utf8');
  const rows = [...document.matchAll(/^\| `([\w.-]+?)\/?` \|.*\| (yes)? ?\| (.*) \|$/gm)];
  const names = rows.map(([, name]) => name!);
  const documented = rows.map(([, name, , text], at) => {
    const listed = [...text!.matchAll(/`([\w.-]+)`/g)].map(([, other]) => other!);
    return [name!, (text === 'everything below' ? names.slice(at + 1) : listed).toSorted()] as const;
  });
  t.deepEqual(
    Object.fromEntries(documented),
    Object.fromEntries(Object.entries(allowed).map(([name, others]) => [name, others.toSorted()])),
  );
  t.deepEqual(rows.flatMap(([, name, isPure]) => (isPure ? [name!] : [])).toSorted(), pure.toSorted());
});

test('every folder has its rule', (t) => {
  const rooms = new Set(files.map((file) => file.split('/')[0]!));
  t.deepEqual(
    [...rooms].filter((room) => !Object.hasOwn(allowed, room)),
    [],
  );
});

test('pure folders import neither node: nor a client, and do not touch the process', (t) => {
  const wrong = imports.filter(({ room, target }) => pure.includes(room) && /^(node:|@kubernetes\/)/.test(target));
  t.deepEqual(wrong, []);
  t.deepEqual(
    files.filter((file) => pure.includes(file.split('/')[0]!) && /\bDate\.now\b|new Date\(\)/.test(textOf(file))),
    [],
  );
});

test('one place knows each package', (t) => {
  const wrong = imports.filter(
    ({ room, target }) => packageOwners[target] !== undefined && packageOwners[target] !== room,
  );
  t.deepEqual(wrong, []);
  t.deepEqual(
    imports.filter(({ target }) => target === '@kubernetes/client-node'),
    [],
  );
});

test('only main.ts touches the process', (t) => {
  const wrong = files.filter(
    (file) =>
      file !== 'main.ts' && /(?<![\w.'`])process\./.test(textOf(file).replace(/\/\*\*[\s\S]*?\*\/|\/\/.*/g, '')),
  );
  t.deepEqual(wrong, []);
});

test('text is written to a stream in one place, which makes it safe', (t) => {
  const writes = (text: string) =>
    /\b(stdout|stderr|raw|output|bare)\??\.write\(|\bconsole\.|writeSync\(\s*[12]\b/.test(
      text.replace(/\/\*\*[\s\S]*?\*\/|\/\/.*/g, ''),
    );
  t.deepEqual(
    files.filter((file) => writes(textOf(file))),
    ['output/streams.ts'],
  );
  const knowRawStreams = files.filter((file) => /\b(RawOutput|passThrough)\b/.test(textOf(file)));
  t.deepEqual(knowRawStreams.toSorted(), [
    'kubernetes/credentials/exec-plugin.ts',
    'main.ts',
    'output/streams.ts',
    'system.ts',
  ]);
});

test('only the folder of a port mode compares with its name', (t) => {
  const modes = 'loadbalancer|ingress|nodeport|podip|clusterip';
  const compared = new RegExp(
    `(?:[!=]==?\\s*|case\\s+|\\b(?:includes|indexOf|startsWith)\\()'(${modes})'|'(${modes})'\\s*[!=]==?`,
    'g',
  );
  const wrong = files.flatMap((file) => {
    const text = textOf(file).replace(/\/\*\*[\s\S]*?\*\/|\/\/.*/g, '');
    // `role` is a part of the names that SkyPilot gives its objects.
    return [...text.matchAll(compared)]
      .filter(({ index }) => !/\brole\s*$/.test(text.slice(0, index)))
      .map((match) => ({ file, mode: match[1] ?? match[2] }))
      .filter(({ mode }) => !file.startsWith(`modes/${mode}/`))
      .map(({ mode }) => `${file} compares with '${mode}': ask the record of the mode (modes/port-mode.ts)`);
  });
  t.deepEqual(wrong, []);
});

test('no file imports itself by way of others, not for types or lazily either', (t) => {
  const targets = new Map(
    files.map((file) => [
      file,
      imports
        .filter((each) => each.file === file && each.target.startsWith('.'))
        .map(({ target }) => relative(source, resolve(source, dirname(file), target)).replaceAll('\\', '/')),
    ]),
  );
  // What remains after files without imports are taken away, again and again, is a circle or leads to one.
  let left = [...targets.keys()];
  for (let before = -1; before !== left.length; ) {
    before = left.length;
    const present = new Set(left);
    left = left.filter((file) => targets.get(file)!.some((target) => present.has(target)));
  }
  t.deepEqual(left, []);
});
