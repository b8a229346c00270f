import test, { type ExecutionContext } from 'ava';
import fc from 'fast-check';
import { load, YAML11_SCHEMA } from 'js-yaml';
import { parse, stringify } from 'yaml';
import { UsageError } from '../../src/errors/usage-error.ts';
import { setInSkyConfig } from '../../src/skypilot/config-file/edit-sky-config.ts';
import { largeSkyConfigText, refusedTexts, skyConfigTexts } from './sky-config-texts.ts';

const annotation = (key: string) => ['kubernetes', 'custom_metadata', 'annotations', key];
const contextPorts = (context: string) => ['kubernetes', 'context_configs', context, 'ports'];

const edits: readonly (readonly [string, readonly string[], string])[] = [
  ...['loadbalancer', 'ingress', 'podip'].map((mode) => [`ports ${mode}`, ['kubernetes', 'ports'], mode] as const),
  ['ports of a context', contextPorts('prod'), 'ingress'],
  ['ports of a context with colons', contextPorts('arn:aws:eks:us-east-1:123456789012:cluster/ml'), 'podip'],
  ['ports of a context named yes', contextPorts('yes'), 'podip'],
  ['an annotation', annotation('networking.gke.io/load-balancer-type'), 'Internal'],
  ...['true', '1.5', '2026-11-27', '1:30', '0x1f', '', 'a: b # c', '"q" \'r\' ünï\\', '- x', '*x', 'a\tb\nc'].map(
    (value) =>
      [`annotation ${JSON.stringify(value)}`, annotation('networking.gke.io/load-balancer-type'), value] as const,
  ),
];

/** What another parser reads, as YAML 1.1 like PyYAML. */
const read = (text: string): unknown => {
  if (/^(?:\s|\ufeff|#.*|---|\.\.\.)*$/.test(text.replace(/^#.*$/gm, ''))) return null;
  // js-yaml, unlike PyYAML, wants a closing brace indented.
  if (/^\}/m.test(text) && !text.startsWith('{')) return parse(text, { version: '1.1' });
  return load(text.replace(/^\ufeff/, ''), { schema: YAML11_SCHEMA });
};

function withValue(content: unknown, [key, ...rest]: readonly string[], value: string): unknown {
  if (key === undefined) return value;
  const fields = (content ?? {}) as Record<string, unknown>;
  return { ...fields, [key]: withValue(fields[key], rest, value) };
}

const linesOf = (text: string): string[] => text.split(/(?<=\n)/).filter((line) => line !== '');

/** The lines that went and those that came, without what is the same at both ends. */
function changed(before: string, after: string): { removed: string[]; added: string[] } {
  const [old, fresh] = [linesOf(before), linesOf(after)];
  const most = Math.min(old.length, fresh.length);
  let head = 0;
  while (head < most && old[head] === fresh[head]) head++;
  let tail = 0;
  while (tail < most - head && old.at(-1 - tail) === fresh.at(-1 - tail)) tail++;
  return { removed: old.slice(head, old.length - tail), added: fresh.slice(head, fresh.length - tail) };
}

test('there are sixty files and more', (t) => {
  t.true(Object.keys(skyConfigTexts).length >= 60);
});

for (const [name, text] of Object.entries(skyConfigTexts)) {
  test(`${name}: each edit changes one key, and no byte elsewhere`, (t) => eachChangesOneKey(t, name, text, edits));
}

test('1 MB: an edit changes one key, and no byte elsewhere', (t) => {
  t.true(largeSkyConfigText.length > 1_000_000);
  const few = ['ports ingress', 'ports of a context with colons', 'annotation "1:30"'];
  eachChangesOneKey(
    t,
    '1 MB',
    largeSkyConfigText,
    edits.filter(([what]) => few.includes(what)),
  );
});

/** @param chosen the edits to try */
function eachChangesOneKey(t: ExecutionContext, name: string, text: string, chosen: typeof edits): void {
  const before = read(text);
  t.true(chosen.length >= 3);
  for (const [what, keys, value] of chosen) {
    const after = setInSkyConfig({ path: 'config.yaml', text }, keys, value);
    t.deepEqual(read(after), withValue(before, keys, value), `${what}\n${after.slice(0, 2000)}`);
    const { removed, added } = changed(text, after);
    const inBlockScalar = /(?:folded|block) scalar/.test(name) && keys.at(-1) === 'ports' && keys.length === 2;
    t.true(removed.length <= (inBlockScalar ? 2 : 1), `${what}: ${JSON.stringify(removed)}`);
    t.true(added.length <= keys.length + 1, `${what}: ${JSON.stringify(added)}`);
    for (const line of removed) {
      const [comment] = /[ \t]#[^"'}\n\r]*$/m.exec(line) ?? [];
      if (comment !== undefined) t.true(after.includes(comment), `${what}: ${comment}`);
    }
    t.is(/\r\n/.test(after), /\r\n/.test(text), what);
    if (/\r\n/.test(text)) t.notRegex(after, /(?<!\r)\n/, what);
    t.is(setInSkyConfig({ path: 'config.yaml', text: after }, keys, value), after, `${what}: the same again`);
  }
}

for (const [name, { text, at, says }] of Object.entries(refusedTexts)) {
  test(`${name}: refused, with line and column`, (t) => {
    const error = t.throws(() => setInSkyConfig({ path: 'c.yaml', text }, ['kubernetes', 'ports'], 'ingress'), {
      instanceOf: UsageError,
    });
    t.true(error.message.startsWith(`c.yaml:${at}: `), error.message);
    t.regex(error.message, says);
    t.is(error.code, 'invalid-sky-config');
    t.is(error.cures.length, 1);
  });
}

for (const [name, text, keys, at, says] of [
  [
    'kubernetes is a text',
    'a: 1\nkubernetes: yes please\n',
    ['kubernetes', 'ports'],
    '2:1',
    /kubernetes is not a mapping: kubernetes: yes/,
  ],
  ['kubernetes is a list', 'kubernetes:\n  - ports\n', ['kubernetes', 'ports'], '1:1', /kubernetes is not a mapping/],
  ['the file is a list', '- a\n', ['kubernetes', 'ports'], '1:1', /this is not a mapping/],
  [
    'ports is a list',
    'kubernetes:\n  ports: [8080]\n',
    ['kubernetes', 'ports'],
    '2:3',
    /kubernetes.ports is not a text/,
  ],
  [
    'an anchor that others use',
    'kubernetes: &k\n  networking: x\nother: *k\n',
    ['kubernetes', 'ports'],
    '2:3',
    /without changing something else/,
  ],
  [
    'a value with an anchor that others use',
    'kubernetes:\n  ports: &p ingress\nother: *p\n',
    ['kubernetes', 'ports'],
    '2:3',
    /without changing something else/,
  ],
  [
    'annotations that are merged in',
    'b: &b\n  custom_metadata: {annotations: {a: b}}\nkubernetes:\n  <<: *b\n',
    annotation('c'),
    '4:3',
    /without changing something else/,
  ],
] as const) {
  test(`${name}: refused, with the place`, (t) => {
    const error = t.throws(() => setInSkyConfig({ path: 'c.yaml', text }, keys, 'podip'), { instanceOf: UsageError });
    t.true(error.message.startsWith(`c.yaml:${at}: `), error.message);
    t.regex(error.message, says);
  });
}

test('an alias without its anchor, and a bomb of them, are refused', (t) => {
  const bomb = `a: &a [x, x]\n${[...'bcdefghij'].map((key, at) => `${key}: &${key} [${Array(9).fill(`*${'abcdefghij'[at]}`)}]\n`).join('')}`;
  for (const text of ['kubernetes: *nobody\n', bomb]) {
    t.throws(() => setInSkyConfig({ path: 'c.yaml', text }, ['kubernetes', 'ports'], 'podip'), {
      instanceOf: UsageError,
      message: /c\.yaml: not valid YAML/,
    });
  }
});

for (const [what, before, keys, value, after] of [
  ['a new file', '', ['kubernetes', 'ports'], 'ingress', 'kubernetes:\n  ports: ingress\n'],
  [
    'below a comment of its own',
    'kubernetes:   # ours\n  # ports: ingress\naws: {}\n',
    ['kubernetes', 'ports'],
    'podip',
    'kubernetes:   # ours\n  ports: podip\n  # ports: ingress\naws: {}\n',
  ],
  [
    'over an alias',
    'b: &b\n  x: y\nkubernetes: *b   # shared\n',
    ['kubernetes', 'ports'],
    'podip',
    'b: &b\n  x: y\nkubernetes:    # shared\n  <<: *b\n  ports: podip\n',
  ],
  [
    'after a block scalar, before the blank lines',
    'kubernetes:\n  run: |\n    a\n\n\naws: {}\n',
    ['kubernetes', 'ports'],
    'podip',
    'kubernetes:\n  run: |\n    a\n  ports: podip\n\n\naws: {}\n',
  ],
  [
    'before a block scalar in which the file ends, which PyYAML reads otherwise with a line behind it',
    'kubernetes:\n  run: |\n    a',
    ['kubernetes', 'ports'],
    'podip',
    'kubernetes:\n  ports: podip\n  run: |\n    a',
  ],
  [
    'over an alias that ends its line',
    'b: &b\n  x: y\nkubernetes: *b\n',
    ['kubernetes', 'ports'],
    'podip',
    'b: &b\n  x: y\nkubernetes:\n  <<: *b\n  ports: podip\n',
  ],
  [
    'quotes stay what they are',
    'kubernetes:\n  ports: "ingress"\n',
    ['kubernetes', 'ports'],
    'podip',
    'kubernetes:\n  ports: "podip"\n',
  ],
  [
    'single quotes, too',
    "kubernetes:\n  ports: 'ingress'\n",
    ['kubernetes', 'ports'],
    'podip',
    "kubernetes:\n  ports: 'podip'\n",
  ],
  [
    'in JSON',
    '{"kubernetes": {"networking": "x"}}\n',
    ['kubernetes', 'ports'],
    'podip',
    '{"kubernetes": {"networking": "x", "ports": "podip"}}\n',
  ],
  [
    'as deep as four levels, indented as the file is',
    'aws:\n    vpc_name: v\n',
    annotation('a/b'),
    'true',
    'aws:\n    vpc_name: v\nkubernetes:\n    custom_metadata:\n        annotations:\n            a/b: "true"\n',
  ],
] as const) {
  test(`the very text: ${what}`, (t) => {
    t.is(setInSkyConfig({ path: 'c.yaml', text: before }, keys, value), after);
  });
}

const word = fc.stringMatching(/^[a-z][a-z_]{0,6}$/);
const leaf = fc.oneof(word, fc.string({ maxLength: 12 }), fc.integer(), fc.boolean(), fc.constant(null));
const tree = fc.letrec((tie) => ({
  node: fc.oneof(
    { maxDepth: 4 },
    leaf,
    fc.array(tie('node'), { maxLength: 3 }),
    fc.dictionary(word, tie('node'), { maxKeys: 4 }),
  ),
}));

test('whatever stands in the file: one key changes', (t) => {
  const kubernetes = fc.dictionary(word, tree.node, { maxKeys: 4 });
  const style = fc.record({
    indent: fc.constantFrom(2, 3, 4),
    indentSeq: fc.boolean(),
    lineWidth: fc.constantFrom(0, 20),
    collectionStyle: fc.constantFrom('any' as const, 'flow' as const),
    defaultStringType: fc.constantFrom('PLAIN' as const, 'QUOTE_DOUBLE' as const, 'BLOCK_LITERAL' as const),
    version: fc.constant('1.1' as const),
  });
  const rest = fc.dictionary(word, tree.node, { maxKeys: 3 });
  fc.assert(
    fc.property(kubernetes, rest, style, fc.constantFrom(...edits), (own, others, options, [, keys, value]) => {
      const text = stringify({ ...others, kubernetes: own }, options);
      const before = load(text, { schema: YAML11_SCHEMA });
      const after = setInSkyConfig({ path: 'c.yaml', text }, keys, value);
      t.deepEqual(load(after, { schema: YAML11_SCHEMA }), withValue(before, keys, value));
    }),
    { numRuns: 500 },
  );
});
