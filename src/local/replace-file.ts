import { randomBytes } from 'node:crypto';
import {
  closeSync,
  fchmodSync,
  fchownSync,
  fstatSync,
  fsyncSync,
  lstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { advice, command, cure } from '../errors/cure.ts';
import { Failure } from '../errors/failure.ts';

/**
 * Replaces the text of a file atomically: a reader sees either the old text or the new text. The file keeps its mode
 * and owner. If the path is a symbolic link, the file behind it is replaced. Missing folders are created.
 *
 * @param before the text from which the new text was made; undefined if the file did not exist
 * @throws Failure if the file no longer has the text `before`, or cannot be written; the file then stays unchanged
 */
export function replaceFile(path: string, before: string | undefined, text: string): void {
  try {
    const file = lstatSync(path, { throwIfNoEntry: false }) ? realpathSync(path) : path;
    mkdirSync(dirname(file), { recursive: true });
    const temporary = join(dirname(file), `.skyports-${randomBytes(6).toString('hex')}.tmp`);
    try {
      writeLike(file, temporary, text);
      if (textOf(file) !== before) {
        throw new Failure('conflict', `${path} has been changed in the meantime`, [advice('try again')]);
      }
      renameSync(temporary, file);
    } finally {
      rmSync(temporary, { force: true });
    }
  } catch (error) {
    if (error instanceof Failure) throw error;
    const shown = command`ls -ld -- ${[dirname(path), path]}`;
    throw new Failure('cannot-write', `${path} cannot be written: ${(error as Error).message}`, [
      cure(shown, 'shows who may write it'),
    ]);
  }
}

/** Writes a file. If `model` exists, the file gets the mode and owner of `model`. */
function writeLike(model: string, file: string, text: string): void {
  const like = statSync(model, { throwIfNoEntry: false });
  const descriptor = openSync(file, 'wx', like ? 0o600 : 0o666);
  try {
    writeFileSync(descriptor, text);
    if (like) {
      const { uid, gid } = fstatSync(descriptor);
      if (uid !== like.uid || gid !== like.gid) fchownSync(descriptor, like.uid, like.gid);
      fchmodSync(descriptor, like.mode & 0o7777);
    }
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
