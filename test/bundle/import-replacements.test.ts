import test from 'ava';
import { importReplacements } from '../../scripts/bundle/import-replacements.ts';
import { runBundled, runOriginal } from './run-sample.ts';

const sameInBundle = test.macro({
  title: (_, sample) => `bundled with the replacements, ${sample} prints the same`,
  async exec(t, sample: string, ...args: string[]) {
    const original = await runOriginal(sample, ...args);
    t.regex(original, /\n.*\n/);
    t.is(await runBundled(sample, importReplacements, ...args), original);
  },
});

test(sameInBundle, 'yargs-help');
test(sameInBundle, 'request-options', import.meta.filename);

test('the lazy string-width finds the same widths', async (t) => {
  const forTheSample = importReplacements
    .filter(({ by }) => by === 'lazy-string-width.ts')
    .map((each) => ({ ...each, importer: /string-widths\.ts$/ }));
  t.is(forTheSample.length, 1);
  t.is(await runBundled('string-widths', forTheSample), await runOriginal('string-widths'));
});
