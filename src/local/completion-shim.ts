import { chmodSync, existsSync, lstatSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';
import { type Cure, command, cure } from '../errors/cure.ts';
import { Failure } from '../errors/failure.ts';
import { UsageError } from '../errors/usage-error.ts';
import type { System } from '../system.ts';
import { isExecutable } from './programs.ts';

/** The program that kubectl runs to complete `kubectl skyports`. */
export interface CompletionShim {
  readonly text: string;
  /** A text in each file that this plugin writes. A file without this text is never overwritten. */
  readonly mark: string;
}

/**
 * Writes the program `kubectl_complete-skyports` into `folder`. Without `folder`, writes it next to the first
 * `kubectl-skyports` in PATH.
 *
 * @returns the path of the program, and whether it was written or existed already
 * @throws UsageError if `folder` is not a folder, or if the existing file is not from this plugin; Failure if the file
 * cannot be written
 */
export function installCompletionShim(
  { text, mark }: CompletionShim,
  folder: string | undefined,
  system: System,
): { file: string; was: 'written' | 'there' } {
  const place = folder === undefined ? folderOfPlugin(system) : existingFolder(folder, system);
  const file = join(place, system.platform === 'win32' ? 'kubectl_complete-skyports.cmd' : 'kubectl_complete-skyports');
  if (isDanglingLink(file)) {
    throw new UsageError('file-exists', `${file} is a broken link`, [removal(file)]);
  }
  if (existsSync(file)) {
    const present = readFileSync(file, 'utf8');
    if (present === text) return { file, was: 'there' };
    if (!present.includes(mark)) {
      throw new UsageError('file-exists', `${file} was not written by kubectl skyports`, [removal(file)]);
    }
  }
  try {
    writeFileSync(file, text, { mode: 0o755 });
    // The mode in `writeFileSync` applies only to a new file.
    chmodSync(file, 0o755);
  } catch (error) {
    throw new Failure('cannot-write', `${file} cannot be written: ${(error as Error).message}`, [intoFolder]);
  }
  return { file, was: 'written' };
}

const intoFolder = cure(
  command`kubectl skyports completion kubectl --install --dir FOLDER`,
  'FOLDER stands for the folder of your PATH to write it into',
);

function removal(file: string): Cure {
  return cure(command`rm -i -- ${file}`, 'removes it, if nothing needs it');
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
    'not-in-path',
    'kubectl-skyports is in no folder of your PATH, so kubectl would find neither it nor its completion',
    [intoFolder],
  );
}

/** The folders in PATH. Windows spells the variable `Path`. */
function pathOf(env: System['env']): string[] {
  const name = Object.keys(env).find((each) => each.toUpperCase() === 'PATH');
  return (name === undefined ? '' : (env[name] ?? '')).split(delimiter).filter((each) => each !== '');
}

function existingFolder(folder: string, { cwd }: System): string {
  const place = resolve(cwd, folder);
  if (existsSync(place) && statSync(place).isDirectory()) return place;
  throw new UsageError('no-such-folder', `--dir ${folder}: no such folder`, [
    cure(command`mkdir -p -- ${folder}`, 'makes it'),
  ]);
}
