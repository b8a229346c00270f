import { chmodSync, existsSync, lstatSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';
import { Failure } from '../errors/failure.ts';
import { shellWord } from '../errors/shell-word.ts';
import { UsageError } from '../errors/usage-error.ts';
import type { System } from '../system.ts';
import { isExecutable } from './is-executable.ts';

/** The program that kubectl runs. */
export interface CompletionShim {
  readonly text: string;
  /** In the text; a file without it is somebody else's. */
  readonly mark: string;
}

/**
 * Writes the program by which kubectl completes `kubectl skyports`: `kubectl_complete-skyports`, beside the
 * `kubectl-skyports` that PATH finds, or into `folder`.
 *
 * @returns its path, and whether it was written or there already
 * @throws UsageError for a folder that is none, and for a file of that name that is somebody else's; Failure when it cannot be written
 */
export function installCompletionShim(
  { text, mark }: CompletionShim,
  folder: string | undefined,
  system: System,
): { file: string; was: 'written' | 'there' } {
  const place = folder === undefined ? folderOfPlugin(system) : existingFolder(folder, system);
  const file = join(place, system.platform === 'win32' ? 'kubectl_complete-skyports.cmd' : 'kubectl_complete-skyports');
  if (isDanglingLink(file)) {
    throw new UsageError(
      `${file} is a link that leads nowhere`,
      `rm ${shellWord(file)}   if nobody needs it, then try again`,
    );
  }
  if (existsSync(file)) {
    const present = readFileSync(file, 'utf8');
    if (present === text) return { file, was: 'there' };
    if (!present.includes(mark)) {
      throw new UsageError(
        `${file} was not written by kubectl skyports`,
        `rm ${shellWord(file)}   if nobody needs it, then try again`,
      );
    }
  }
  try {
    writeFileSync(file, text, { mode: 0o755 });
    // The mode above holds for a new file only.
    chmodSync(file, 0o755);
  } catch (error) {
    throw new Failure(
      `${file} cannot be written: ${(error as Error).message}`,
      'kubectl skyports completion kubectl --install --dir FOLDER writes it into another folder of your PATH',
    );
  }
  return { file, was: 'written' };
}

function isDanglingLink(file: string): boolean {
  return lstatSync(file, { throwIfNoEntry: false })?.isSymbolicLink() === true && !existsSync(file);
}

function folderOfPlugin({ env, platform, cwd }: System): string {
  const name = platform === 'win32' ? 'kubectl-skyports.exe' : 'kubectl-skyports';
  const found = pathOf(env)
    .map((each) => resolve(cwd, each))
    .find((each) => isExecutable(join(each, name)));
  if (found !== undefined) return found;
  throw new UsageError(
    `kubectl-skyports is in no folder of your PATH, so kubectl would find neither it nor its completion`,
    'kubectl skyports completion kubectl --install --dir FOLDER names the folder',
  );
}

/** Windows spells it Path. */
function pathOf(env: System['env']): string[] {
  const name = Object.keys(env).find((each) => each.toUpperCase() === 'PATH');
  return (name === undefined ? '' : (env[name] ?? '')).split(delimiter).filter((each) => each !== '');
}

function existingFolder(folder: string, { cwd }: System): string {
  const place = resolve(cwd, folder);
  if (existsSync(place) && statSync(place).isDirectory()) return place;
  throw new UsageError(`--dir ${folder}: no such folder`, `mkdir -p ${shellWord(folder)}   makes it`);
}
