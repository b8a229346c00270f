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

test(sameInBundle, 'yargs-values');
test(sameInBundle, 'request-options', import.meta.filename);
