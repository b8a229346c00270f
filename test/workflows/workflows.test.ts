import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import test from 'ava';
import { goPrograms } from '../helpers/go-program.ts';

// What they do cannot be run here; that they are well-formed can be told.

const folder = resolve(import.meta.dirname, '../../.github/workflows');
const files = readdirSync(folder).filter((file) => file.endsWith('.yml'));

/** What actionlint says of a workflow; empty when it has nothing to object to. */
async function lint(source: string): Promise<string> {
  const programs = await goPrograms({
    module: import.meta.dirname,
    packages: { actionlint: 'github.com/rhysd/actionlint/cmd/actionlint' },
  });
  const scratch = mkdtempSync(join(tmpdir(), 'skyports-workflow-'));
  try {
    mkdirSync(join(scratch, '.github/workflows'), { recursive: true });
    const file = join(scratch, '.github/workflows/it.yml');
    writeFileSync(file, source);
    // Its two helpers judge shell and Python; where they are not installed it goes without, so it always does here.
    const args = ['-shellcheck=', '-pyflakes=', '-no-color', file];
    return await new Promise((done) => {
      execFile(join(programs, 'actionlint'), args, { cwd: scratch }, (_error, stdout, stderr) => done(stdout + stderr));
    });
  } finally {
    rmSync(scratch, { recursive: true });
  }
}

test('there are workflows for tests and releases', (t) => t.deepEqual(files.sort(), ['release.yml', 'test.yml']));

for (const file of files) {
  const source = readFileSync(join(folder, file), 'utf8');

  test(`${file} has nothing that actionlint objects to`, async (t) => {
    t.is(await lint(source), '');
    t.regex(await lint(source.replace('runs-on:', 'runs-onn:')), /unexpected key "runs-onn"/, 'it does look');
  });

  test(`${file} pins every action by its commit, and says which version that is`, (t) => {
    const uses = [...source.matchAll(/uses: (.*)/g)].map(([, action]) => action!);
    t.true(uses.length > 0);
    for (const action of uses) t.regex(action, /^[\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
  });

  test(`${file} gives its jobs no right that they do not name`, (t) =>
    t.regex(source, /^permissions:\n {2}contents: read\n/m));
}
