// npm run build [-- FILE]: builds the executable for this machine, dist/kubectl-skyports.

import { relative } from 'node:path';
import { buildHost } from './bundle/build-host.ts';

try {
  const { file, bytes, bundleBytes, cacheBytes } = await buildHost(process.argv[2]);
  const parts = `bundle ${kilobytes(bundleBytes)}, code cache ${kilobytes(cacheBytes)}, the rest Node`;
  process.stdout.write(`${relative(process.cwd(), file)}: ${(bytes / 1e6).toFixed(0)} MB (${parts})\n`);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
  process.exitCode = 1;
}

function kilobytes(bytes: number): string {
  return `${(bytes / 1e3).toFixed(0)} kB`;
}
