import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import type { ExecutionContext } from 'ava';
import { readChecksums } from '../../scripts/dist/checksums.ts';
import { withLock } from '../cluster/lock.ts';
import { silentProgress } from '../cluster/progress.ts';
import { cluster } from '../helpers/cluster.ts';

const root = resolve(import.meta.dirname, '../..');

/** A release, made once a test run. */
export interface MadeDist {
  readonly folder: string;
  /** sha256 by file name, as SHA256SUMS has them. */
  readonly hashes: Readonly<Record<string, string>>;
  read(name: string): Buffer;
}

/** The commit that the tests' releases say they are of: a copied folder knows none by itself. */
export const sourceCommit = '0123456789abcdef0123456789abcdef01234567';

/** The release that all tests of this run look at; the first that asks makes it, the others wait. */
export async function madeDist(t: ExecutionContext): Promise<MadeDist> {
  t.timeout(600_000, 'a release takes a minute, and more on a busy machine');
  const folder = join(cluster().temporaryFolder, 'dist');
  mkdirSync(folder, { recursive: true });
  await withLock(folder, silentProgress, async () => {
    if (!existsSync(join(folder, 'skyports.yaml'))) await makeRelease(root, folder);
  });
  return {
    folder,
    hashes: readChecksums(join(folder, 'SHA256SUMS')),
    read: (name) => readFileSync(join(folder, name)),
  };
}

/** `npm run dist` of a project's folder. */
export async function makeRelease(project: string, folder: string): Promise<void> {
  const env = { ...process.env, SOURCE_COMMIT: sourceCommit };
  await promisify(execFile)(process.execPath, [join(project, 'scripts/dist.ts'), folder], { env, cwd: project });
}

/** Names of the five platforms in the files' names. */
export const platforms = ['linux-amd64', 'linux-arm64', 'darwin-amd64', 'darwin-arm64', 'windows-amd64'] as const;

/** The archive of a platform. */
export function archiveOf(platform: (typeof platforms)[number]): string {
  return `kubectl-skyports-${platform}${platform.startsWith('windows') ? '.zip' : '.tar.gz'}`;
}
