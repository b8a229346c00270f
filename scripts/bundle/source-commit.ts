import { execFileSync } from 'node:child_process';

/**
 * The commit of the sources, with `-dirty` at the end if a tracked file was changed. Empty outside a clone. For an
 * unpacked archive of the sources, SOURCE_COMMIT sets it.
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
