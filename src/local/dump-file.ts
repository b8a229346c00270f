import { randomBytes } from 'node:crypto';
import { readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, isAbsolute, join } from 'node:path';
import { advice, command, cure } from '../errors/cure.ts';
import { Failure } from '../errors/failure.ts';
import { UsageError } from '../errors/usage-error.ts';
import { howToDump } from '../snapshot/kubectl-output.ts';
import type { System } from '../system.ts';

/**
 * The maximum size of a file. The dump of a large cluster is much smaller. A parser needs many times the size of the file in
 * memory.
 */
const mostBytes = 64 * 1024 * 1024;

/**
 * Reads a dump, or the output of `kubectl get -o yaml|json`, and parses all documents of the file.
 *
 * @param file a path, or `-` for standard input
 * @throws UsageError that names the file, and the line of invalid YAML, if the file is missing, empty, too large, binary or
 * malformed
 */
export async function readDocuments(file: string, system: System): Promise<unknown[]> {
  const name = file === '-' ? 'standard input' : file;
  const bytes = file === '-' ? await system.readInput() : readBytes(file, system);
  if (bytes.length > mostBytes) throw tooLarge(name, bytes.length);
  if (bytes.includes(0)) throw unreadable(`${name} is binary, not YAML or JSON`);
  const text = new TextDecoder().decode(bytes).trim();
  if (text === '') throw unreadable(`${name} is empty`);
  return text.startsWith('{') ? [parseJson(name, text)] : parseYaml(name, text);
}

function readBytes(file: string, { cwd }: System): Uint8Array {
  const path = isAbsolute(file) ? file : join(cwd, file);
  try {
    const { size } = statSync(path);
    if (size > mostBytes) throw tooLarge(file, size);
    return readFileSync(path);
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw unreadable(`${file} cannot be read: ${(error as Error).message}`);
  }
}

function tooLarge(name: string, bytes: number): UsageError {
  const megabytes = Math.round(bytes / 1024 / 1024);
  const fact = `${name} has ${megabytes} MiB, and at most ${mostBytes / 1024 / 1024} are read`;
  return new UsageError('invalid-dump', fact, [
    cure(
      command`kubectl skyports doctor -n NAMESPACE --save FILE`,
      'saves one namespace; NAMESPACE and FILE stand for its name and the new file',
    ),
  ]);
}

function unreadable(fact: string): UsageError {
  return new UsageError('invalid-dump', fact, howToDump);
}

function parseJson(name: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw unreadable(`${name} is not valid JSON: ${(error as Error).message}`);
  }
}

async function parseYaml(name: string, text: string): Promise<unknown[]> {
  const { parseAllDocuments } = await import('yaml');
  const documents = [...parseAllDocuments(text, { logLevel: 'silent' })];
  for (const { errors } of documents) {
    const [error] = errors;
    if (error) {
      throw unreadable(
        `${name} is not valid YAML: line ${error.linePos?.[0].line}: ${error.message.split('\n', 1)[0]}`,
      );
    }
  }
  try {
    // The library's limit on aliases rejects a file whose aliases expand exponentially.
    return documents.map((document) => document.toJS({ maxAliasCount: 100 }));
  } catch (error) {
    throw unreadable(`${name} cannot be read: ${(error as Error).message}`);
  }
}

/**
 * Writes a dump that only the file's owner can read. An existing file is replaced. A link is replaced, not followed.
 *
 * @throws Failure if the dump cannot be written
 */
export function writeDump(file: string, text: string, { cwd }: System): void {
  try {
    const path = isAbsolute(file) ? file : join(cwd, file);
    // A device, a pipe or /dev/stdout is not replaced. The dump is written to it.
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
