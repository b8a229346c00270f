import { join, resolve } from 'node:path';
import { run } from '../bundle/run.ts';

const root = resolve(import.meta.dirname, '../..');

/**
 * Writes the SBOM of the executables as CycloneDX JSON, from the lockfile: the packages in the bundle, and the Node of
 * each platform.
 */
export async function writeSbom(file: string): Promise<void> {
  const program = join(root, 'node_modules/@cyclonedx/cyclonedx-npm/bin/cyclonedx-npm-cli.js');
  const options = ['--package-lock-only', '--omit', 'dev', '--output-reproducible', '--output-format', 'JSON'];
  await run(process.execPath, [program, ...options, '--output-file', file, join(root, 'package.json')], root);
}
