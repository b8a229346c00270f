import { randomBytes } from 'node:crypto';
import { renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, isAbsolute, join } from 'node:path';
import { advice, command, cure } from '../errors/cure.ts';
import { Failure } from '../errors/failure.ts';
import { UsageError } from '../errors/usage-error.ts';
import { howToDump } from '../snapshot/kubectl-output.ts';
import type { System } from '../system.ts';
import { readYamlFile, type YamlFileKind } from './yaml-file.ts';

/**
 * The maximum size of a file in bytes. A parser needs many times this size as memory. The dump of a large cluster is
 * much smaller.
 */
const mostBytes = 64 * 1024 * 1024;

/**
 * Reads a dump, or the output of `kubectl get -o yaml|json`, and parses all documents of the file.
 *
 * @param file a path, or `-` for standard input
 * @throws UsageError if the file is missing, empty, too large, binary or malformed; its message names the file, and the
 * line of invalid YAML
 */
export function readDocuments(file: string, system: System): Promise<unknown[]> {
  return readYamlFile(file, dump, system);
}

const dump: YamlFileKind = {
  mostBytes,
  version: '1.2',
  unreadable: (fact) => new UsageError('invalid-dump', fact, howToDump),
  tooLarge: (name) => {
    const fact = `${name} has more than ${mostBytes / 1024 / 1024} MiB, and no larger file is read`;
    return new UsageError('invalid-dump', fact, [
      cure(
        command`kubectl skyports doctor -n NAMESPACE --save FILE`,
        'saves one namespace; NAMESPACE and FILE stand for its name and the new file',
      ),
    ]);
  },
};

/**
 * Writes a dump that only the owner of the file can read. An existing file is replaced. If it is a link, the link
 * itself is replaced.
 *
 * @throws Failure if the dump cannot be written
 */
export function writeDump(file: string, text: string, { cwd }: System): void {
  try {
    const path = isAbsolute(file) ? file : join(cwd, file);
    // A device, a pipe or /dev/stdout cannot be replaced. Write the dump to it.
    const place = statSync(path, { throwIfNoEntry: false });
    if (place && !place.isFile() && !place.isDirectory()) {
      writeFileSync(path, text);
      return;
    }
    const temporary = join(dirname(path), `.skyports-${randomBytes(6).toString('hex')}.tmp`);
    try {
      writeFileSync(temporary, text, { mode: 0o600, flag: 'wx' });
      renameSync(temporary, path);
    } finally {
      rmSync(temporary, { force: true });
    }
  } catch (error) {
    throw new Failure('cannot-write', `${file} cannot be written: ${(error as Error).message}`, [
      advice('name another file'),
    ]);
  }
}
