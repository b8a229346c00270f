import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';

/** Hex sha256. */
export function sha256(content: Buffer | string): string {
  return createHash('sha256').update(content).digest('hex');
}

/** The lines of `sha256sum`, sorted by name: what `sha256sum --check` reads. */
export function checksumLines(hashes: Readonly<Record<string, string>>): string {
  const names = Object.keys(hashes).sort();
  return names.map((name) => `${hashes[name]}  ${name}\n`).join('');
}

/**
 * The hashes by file name, from a file with such lines.
 *
 * @throws Error if the file does not exist
 */
export function readChecksums(file: string): Record<string, string> {
  if (!existsSync(file)) throw new Error(`${file} is not there: npm run dist`);
  const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
  return Object.fromEntries(lines.map((line) => line.split('  ').reverse()));
}
