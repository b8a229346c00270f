import { join, resolve } from 'node:path';
import { run } from '../bundle/run.ts';

const root = resolve(import.meta.dirname, '../..');

/** Writes what the executables are made of, as CycloneDX JSON, from the lockfile: packages of the bundle, and the Nodes. */
export async function writeSbom(file: string): Promise<void> {
  const program = join(root, 'node_modules/@cyclonedx/cyclonedx-npm/bin/cyclonedx-npm-cli.js');
  const options = ['--package-lock-only', '--omit', 'dev', '--output-reproducible', '--output-format', 'JSON'];
  await run(process.execPath, [program, ...options, '--output-file', file, join(root, 'package.json')], root);
}
