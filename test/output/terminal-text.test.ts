import test from 'ava';
import fc from 'fast-check';
import { parse } from 'yaml';
import { renderJson } from '../../src/output/json.ts';
import { terminalText } from '../../src/output/terminal-text.ts';
import { renderYaml } from '../../src/output/yaml.ts';

// Written apart from the code: Unicode's categories and not a list of numbers.
const obeyed = /[\p{Cc}\p{Bidi_Control}\p{Zl}\p{Zp}]/u;
const nasty = fc.string({
  unit: fc.oneof(
    fc.constantFrom(...'\u0000\u0007\b\t\n\r\u001b\u007f\u0085\u009b\u061c\u200e\u2028\u2029\u202e\u2066'),
    fc.constantFrom(...`"'\\: #-|>&*!%@{}[],?~`, 'off', 'null', '0x1', '1_000', '2026-11-02'),
    fc.string({ unit: 'binary', maxLength: 3 }),
  ),
});

test('terminalText lets no control character through', (t) => {
  fc.assert(fc.property(nasty, (text) => t.notRegex(terminalText(text), obeyed)));
});

test('terminalText leaves everything else alone', (t) => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      if (!obeyed.test(text)) t.is(terminalText(text), text);
    }),
  );
  t.is(terminalText('train: naïve 训练 🚂'), 'train: naïve 训练 🚂');
});

test('escapes can be read', (t) => t.is(terminalText('a\u001b[2Jb\u202ec'), 'a\\u001b[2Jb\\u202ec'));

const document = fc.dictionary(nasty, fc.oneof(nasty, fc.integer(), fc.boolean(), fc.constant(null), fc.array(nasty)));

test('JSON says the same value, without control characters but its own line ends', (t) => {
  fc.assert(
    fc.property(document, (value) => {
      const text = renderJson(value);
      t.notRegex(text.replaceAll('\n', ''), obeyed);
      t.deepEqual({ ...JSON.parse(text) }, { ...value });
    }),
  );
});

test("JSON has kubectl's four spaces", (t) => t.is(renderJson({ a: [1] }), '{\n    "a": [\n        1\n    ]\n}\n'));

test('YAML says the same value, without control characters but its own line ends', async (t) => {
  await fc.assert(
    fc.asyncProperty(document, async (value) => {
      const text = await renderYaml(value);
      t.notRegex(text.replaceAll('\n', ''), obeyed);
      t.deepEqual({ ...parse(text, { version: '1.1' }) }, { ...value });
    }),
  );
});

test('YAML has no bare tab, in keys and values', async (t) => {
  t.is(await renderYaml({ 'a\tb': 'c ~\td' }), '"a\\tb": "c ~\\td"\n');
});

test('YAML quotes what YAML 1.1 takes for something else', async (t) => {
  t.is(await renderYaml({ a: 'off', b: '2026-11-02', c: 'plain' }), 'a: "off"\nb: "2026-11-02"\nc: plain\n');
});

test('YAML says shared values twice and cuts no line', async (t) => {
  const shared = { name: 'x'.repeat(200) };
  t.notRegex(await renderYaml({ a: shared, b: shared }), /[&*]/);
  t.is((await renderYaml({ a: `${'word '.repeat(60)}end` })).split('\n').length, 2);
});
