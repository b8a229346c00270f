import test from 'ava';
import fc from 'fast-check';
import { jsonParts, renderJson } from '../../src/output/json.ts';
import { safeOutput } from '../../src/output/streams.ts';

test('a document in parts is the same text as the document at once', (t) => {
  const text = fc.string({ unit: fc.constantFrom('a', '\n', '"', '\\', ']', '\u0085', '\u202e') });
  const item = fc.record({ name: text, list: fc.array(text), none: fc.constant(null), deep: fc.record({ text }) });
  fc.assert(
    fc.property(fc.record({ kind: text, items: fc.array(item) }), (value) => {
      t.is([...jsonParts(value)].join(''), renderJson(value));
    }),
  );
});

test('the parts of a long document are short, and each waits for the reader', async (t) => {
  const items = Array.from({ length: 2000 }, (_, index) => ({ name: `item-${index}`, text: 'x'.repeat(200) }));
  let [waiting, most, written] = [0, 0, ''];
  const output = safeOutput({
    isTerminal: false,
    columns: 80,
    write: (text) => {
      written += text;
      waiting += text.length;
      most = Math.max(most, waiting);
    },
    drained: async () => {
      await Promise.resolve();
      waiting = 0;
    },
  });
  await output.documentParts(jsonParts({ items }));
  t.is(written, renderJson({ items }));
  t.true(most < 100_000, `${most} characters waited at once`);
});
