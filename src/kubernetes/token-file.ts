import { readFileSync } from 'node:fs';
import { command, cure } from '../errors/cure.ts';
import { UsageError } from '../errors/usage-error.ts';
import type { Target } from './target.ts';

/**
 * The token in the user's `tokenFile`; undefined without one. Read for every request, so that a rotated token counts at
 * once; while it can be read it wins over `token`, as in client-go (`NewBearerAuthWithRefreshRoundTripper`).
 * @throws UsageError when it cannot be read and there is no other token
 */
export function tokenFromFile({ user, who }: Target): string | undefined {
  if (!user.tokenFile) return undefined;
  let problem = `read empty token from file "${user.tokenFile}"`;
  try {
    const token = readFileSync(user.tokenFile, 'utf8').trim();
    if (token) return token;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    problem = `open ${user.tokenFile}: ${code === 'ENOENT' ? 'no such file or directory' : code === 'EACCES' ? 'permission denied' : message}`;
  }
  if (user.token) return undefined;
  throw new UsageError('unreadable-token', `${problem} (tokenFile of ${who})`, [
    cure(command`ls -l -- ${user.tokenFile}`, 'shows who may read it'),
  ]);
}
