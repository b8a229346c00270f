import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { bundleWhole } from '../../scripts/bundle/bundle.ts';
import type { ImportReplacement } from '../../scripts/bundle/import-replacements.ts';

/** Runs a file of samples/ with the packages as they are, and returns what it printed. */
export function runOriginal(name: string, ...args: string[]): Promise<string> {
  return run(join(import.meta.dirname, 'samples', `${name}.ts`), args);
}

/** Bundles a file of samples/ with these import replacements, runs the bundle and returns what it printed. */
export async function runBundled(
  name: string,
  importReplacements: readonly ImportReplacement[],
  ...args: string[]
): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'skyports-sample-'));
  try {
    const { source } = await bundleWhole({ entry: `test/bundle/samples/${name}.ts`, importReplacements });
    const file = join(folder, 'sample.cjs');
    writeFileSync(file, source, 'latin1');
    return await run(file, args);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function run(file: string, args: readonly string[]): Promise<string> {
  // yargs speaks the language of the locale; the plugin speaks English.
  const env = { ...process.env, LC_ALL: 'en_US.UTF-8' };
  const { stdout } = await promisify(execFile)(process.execPath, [file, ...args], { env });
  return stdout;
}
