import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { UsageError } from '../errors/usage-error.ts';
import type { System } from '../system.ts';

/** The limits for a kind of file, and the errors for a file that is not valid. */
export interface YamlFileKind {
  readonly mostBytes: number;
  /** The version of YAML for a document that does not name one. PyYAML reads version 1.1. */
  readonly version: '1.1' | '1.2';
  /**
   * The error for a file that cannot be read or parsed.
   *
   * @param fact the reason, with the name of the file
   */
  unreadable(fact: string): UsageError;
  /** The error for a file of more than `mostBytes`. */
  tooLarge(name: string): UsageError;
}

/** The name of a file for messages. */
export function nameOfFile(file: string): string {
  return file === '-' ? 'standard input' : file;
}

/**
 * Reads YAML or JSON, and parses all documents of the file.
 *
 * @param file a path, or `-` for standard input
 * @throws UsageError if the file is missing, empty, too large, binary or malformed; its message names the file, and the
 * line of invalid YAML
 */
export async function readYamlFile(file: string, kind: YamlFileKind, system: System): Promise<unknown[]> {
  const name = nameOfFile(file);
  const bytes = file === '-' ? await system.readInput(kind.mostBytes) : readBytes(file, kind, system);
  if (bytes.length > kind.mostBytes) throw kind.tooLarge(name);
  if (bytes.includes(0)) throw kind.unreadable(`${name} is binary, not YAML or JSON`);
  const text = new TextDecoder().decode(bytes).trim();
  if (text === '') throw kind.unreadable(`${name} is empty`);
  return isJson(text) ? [parseJson(name, text, kind)] : parseYaml(name, text, kind);
}

/** Whether a text is meant to be JSON: its first key has quotes. YAML has objects in braces too, such as `{name: train}`. */
function isJson(text: string): boolean {
  return /^\{\s*["}]/.test(text);
}

/** Reads one byte more than the limit at most. A device such as `/dev/zero` has no end, and its size is 0. */
function readBytes(file: string, { mostBytes, unreadable }: YamlFileKind, { cwd }: System): Uint8Array {
  const path = isAbsolute(file) ? file : join(cwd, file);
  try {
    const descriptor = openSync(path, 'r');
    try {
      const bytes = Buffer.alloc(Math.min(fstatSync(descriptor).size || mostBytes, mostBytes) + 1);
      let length = 0;
      for (let read = -1; read !== 0 && length < bytes.length; length += read) {
        read = readSync(descriptor, bytes, length, bytes.length - length, null);
      }
      return bytes.subarray(0, length);
    } finally {
      closeSync(descriptor);
    }
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw unreadable(code === 'ENOENT' ? `${file} does not exist` : `${file} cannot be read: ${message}`);
  }
}

function parseJson(name: string, text: string, kind: YamlFileKind): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw kind.unreadable(`${name} is not valid JSON: ${(error as Error).message}`);
  }
}

async function parseYaml(name: string, text: string, kind: YamlFileKind): Promise<unknown[]> {
  const { parseAllDocuments } = await import('yaml');
  const { version } = kind;
  try {
    const documents = [...parseAllDocuments(text, { logLevel: 'silent', version })];
    const error = documents.flatMap(({ errors }) => errors)[0];
    if (error) {
      throw kind.unreadable(
        `${name} is not valid YAML: line ${error.linePos?.[0].line}: ${error.message.split('\n', 1)[0]}`,
      );
    }
    // Aliases can expand exponentially. Reject such a file with the library's limit on aliases.
    return documents.map((document) => document.toJS({ maxAliasCount: 100 }));
  } catch (error) {
    // The parser is recursive, so it throws an error if the YAML is nested too deeply.
    throw error instanceof UsageError ? error : kind.unreadable(`${name} cannot be read: ${(error as Error).message}`);
  }
}
