import test from 'ava';
import { diets } from '../../scripts/bundle/diets.ts';
import { runBundled, runOriginal } from './run-sample.ts';

const sameInBundle = test.macro({
  title: (_, sample) => `bundled with the diets, ${sample} prints the same`,
  async exec(t, sample: string, ...args: string[]) {
    const original = await runOriginal(sample, ...args);
    t.regex(original, /\n.*\n/);
    t.is(await runBundled(sample, diets, ...args), original);
  },
});

test(sameInBundle, 'yargs-help');
test(sameInBundle, 'request-options', import.meta.filename);

test('the lazy string-width finds the same widths', async (t) => {
  const forTheSample = diets
    .filter(({ by }) => by === 'lazy-string-width.ts')
    .map((diet) => ({ ...diet, importer: /string-widths\.ts$/ }));
  t.is(forTheSample.length, 1);
  t.is(await runBundled('string-widths', forTheSample), await runOriginal('string-widths'));
});
