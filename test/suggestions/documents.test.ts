import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import test from 'ava';
import { allChecks } from '../../src/doctor/all-checks.ts';
import { renderCheckPage } from '../../src/output/check-page.ts';
import { createTemporaryFolder } from '../cluster/temporary-folder.ts';
import { paste, shells } from './shells.ts';

const root = resolve(import.meta.dirname, '../..');
const folder = createTemporaryFolder();
test.after.always(() => folder.remove());

const pages = [
  ...['README.md', 'CONTRIBUTING.md', ...readdirSync(join(root, 'docs')).map((name) => `docs/${name}`)]
    .filter((name) => name.endsWith('.md'))
    .map((name) => ({ name, text: readFileSync(join(root, name), 'utf8') })),
  ...allChecks.map((check) => ({ name: `--explain ${check.id}`, text: renderCheckPage(check) })),
];

/** Lines that a reader copies whole: they begin with a program and stand in a block of code. */
const lines = pages.flatMap(({ name, text }) =>
  [...text.matchAll(/^```(?:sh|console|bash)?\n([\s\S]*?)^```/gm)].flatMap(([, block]) =>
    block!.split('\n').flatMap((line) => (/^\s*(kubectl|sky|helm) /.test(line) ? [{ name, line }] : [])),
  ),
);

test('there are lines to paste', (t) => {
  t.log(`${lines.length} lines of ${new Set(lines.map(({ name }) => name)).size} pages`);
  t.true(lines.length > 40);
});

for (const shell of shells) {
  test(`${shell}: every line of the documents runs as it stands`, async (t) => {
    const { pasted, written } = await paste(
      shell,
      lines.map(({ line }) => line),
      folder.path,
    );
    t.deepEqual(written, []);
    for (const [index, { ended, ran }] of pasted.entries()) {
      const { name, line } = lines[index]!;
      t.true(ended, `${name}: ${line}`);
      t.true(ran.length > 0, `${name}: ${line}`);
      for (const [program, ...argv] of ran) {
        t.regex(program!, /^(kubectl|sky|helm)$/, `${name}: ${line}`);
        t.false(argv.includes('#'), `${name}: ${line}`);
      }
    }
  });
}
