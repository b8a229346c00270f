import { execFileSync } from 'node:child_process';

/**
 * The commit that the sources are of, with `-dirty` behind it when a tracked file was changed; empty when they are no
 * clone. SOURCE_COMMIT says it for a folder that was unpacked from an archive of the sources.
 */
export function sourceCommit(root: string): string {
  if (process.env.SOURCE_COMMIT) return process.env.SOURCE_COMMIT;
  try {
    const git = (...args: string[]) =>
      execFileSync('git', args, { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
    const commit = git('rev-parse', 'HEAD').trim();
    return git('status', '--porcelain', '--untracked-files=no') === '' ? commit : `${commit}-dirty`;
  } catch {
    return '';
  }
}
