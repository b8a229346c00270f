import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';

const root = join(import.meta.dirname, '../..');
/** The texts of help, checks and platforms are in the documents that are made of them. Decisions keep the words of their day. */
const documents = readdirSync(join(root, 'docs')).filter((name) => name.endsWith('.md') && name !== 'decisions.md');
const unusual = /\b(mend(s|ed|ing)?|whoever|whomever|somebody|nobody|anew|afresh|moot)\b/i;

for (const file of ['README.md', ...documents.map((name) => `docs/${name}`)]) {
  test(`${file} says fix, a user, nothing, again`, (t) => {
    const lines = readFileSync(join(root, file), 'utf8').split('\n');
    t.true(lines.length > 10);
    t.deepEqual(
      lines.filter((line) => unusual.test(line)),
      [],
    );
  });
}
