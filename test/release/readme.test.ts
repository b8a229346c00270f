import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import test from 'ava';
import { version } from '../../src/version.ts';
import { cluster } from '../helpers/cluster.ts';

const root = resolve(import.meta.dirname, '../..');
const run = promisify(execFile);

/** The block of commands below a heading of the README. */
function blockBelow(heading: string): string {
  const section = readFileSync(join(root, 'README.md'), 'utf8').split(`\n## ${heading}\n`)[1]!;
  return /^```sh\n([\s\S]*?)^```$/m.exec(section)![1]!;
}

/** A git repository with the files of this checkout, also those that are not committed yet. */
async function repositoryOfCheckout(folder: string): Promise<string> {
  const repository = join(folder, 'repository.git');
  const who = ['-c', 'user.name=test', '-c', 'user.email=test@example.invalid', '-c', 'init.defaultBranch=main'];
  const git = (...args: string[]) =>
    run('git', [...who, `--git-dir=${repository}`, `--work-tree=${root}`, ...args], { cwd: root });
  await run('git', [...who, 'init', '--quiet', '--bare', repository]);
  await git('config', 'core.bare', 'false');
  await git('add', '--all');
  await git('commit', '--quiet', '--message', 'checkout');
  return repository;
}

test("README's install block, pasted into a clean home, installs a plugin that kubectl finds", async (t) => {
  t.timeout(600_000);
  const folder = mkdtempSync(join(tmpdir(), 'skyports-readme-'));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const repository = await repositoryOfCheckout(folder);
  const block = blockBelow('Install');
  const address = /git clone (\S+)/.exec(block)![1]!;
  const script = join(folder, 'install.sh');
  writeFileSync(script, block);
  const home = mkdtempSync(join(folder, 'home-'));
  const { HOME = '', PATH = '' } = process.env;
  const env = {
    ...process.env,
    HOME: home,
    PATH: [join(home, '.local/bin'), dirname(cluster().kubectl), PATH].join(delimiter),
    // The clone comes from this checkout. The packages come from the registry that this machine uses.
    ...{ GIT_CONFIG_COUNT: '1', GIT_CONFIG_KEY_0: `url.file://${repository}.insteadOf`, GIT_CONFIG_VALUE_0: address },
    ...{ npm_config_userconfig: join(HOME, '.npmrc'), npm_config_cache: join(HOME, '.npm') },
  };
  await run('/bin/bash', ['-e', script], { cwd: home, env, maxBuffer: 64 * 1024 * 1024 });
  const { stdout } = await run('kubectl', ['skyports', '--version'], { cwd: home, env });
  t.is(stdout, `kubectl-skyports v${version}\n`);
});
