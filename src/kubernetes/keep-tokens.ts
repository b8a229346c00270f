import { closeSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { System } from '../system.ts';
import type { Target } from './target.ts';

/**
 * Puts refreshed OIDC tokens into the kubeconfig in place of the old, as kubectl does: many providers take a refresh token
 * only once, so that kubectl could not log in any more with the one we used up. Where that fails it says so on stderr.
 */
export function keepTokens(
  before: Readonly<Record<string, string>>,
  after: Readonly<Record<string, string>>,
  target: Target,
  system: System,
): void {
  const file = resolve(system.cwd, target.user.file!);
  try {
    const lock = `${file}.lock`;
    // client-go's lock; it too gives up when the file is there.
    closeSync(openSync(lock, 'wx'));
    try {
      writeFileSync(file, replaced(readFileSync(file, 'utf8'), before, after));
    } finally {
      rmSync(lock);
    }
  } catch (error) {
    system.stderr.line(
      `warning: could not persist new tokens in ${file}: ${(error as Error).message}; if kubectl now says Unauthorized, log in again`,
    );
  }
}

/** The tokens are long and random: as text they stand in one place, and all else in the file stays as it is. */
function replaced(
  text: string,
  before: Readonly<Record<string, string>>,
  after: Readonly<Record<string, string>>,
): string {
  let result = text;
  for (const key of ['id-token', 'refresh-token']) {
    const [old, fresh] = [before[key], after[key]];
    if (!fresh || fresh === old) continue;
    if (!old) throw new Error(`there is no ${key} to replace`);
    if (result.split(old).length !== 2) throw new Error(`the old ${key} does not stand there once`);
    result = result.replace(old, () => fresh);
  }
  return result;
}
