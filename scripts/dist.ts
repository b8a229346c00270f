// npm run dist [-- FOLDER]: builds all files of a release in dist/: executables, archives, SHA256SUMS, SBOM, npm package and
// krew manifest. The same commit gives the same bytes.

import { relative, resolve } from 'node:path';
import { makeDist } from './dist/make-dist.ts';

const started = performance.now();
const folder = resolve(process.argv[2] ?? resolve(import.meta.dirname, '../dist'));
try {
  await makeDist(folder, ({ file, bytes }) => {
    process.stdout.write(`${relative(process.cwd(), file)}: ${(bytes / 1e6).toFixed(1)} MB\n`);
  });
  process.stdout.write(`in ${((performance.now() - started) / 1000).toFixed(0)} s\n`);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
  process.exitCode = 1;
}
