// npm run build [-- FILE]: makes the executable for this machine, dist/kubectl-skyports.

import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { bundle } from './bundle/bundle.ts';
import { makeCodeCache } from './bundle/code-cache.ts';
import { makeExecutable } from './bundle/executable.ts';
import { executableSuffix, hostTarget, installedNode } from './bundle/target.ts';

const root = resolve(import.meta.dirname, '..');

try {
  const target = hostTarget();
  const output = resolve(process.argv[2] ?? join(root, `dist/kubectl-skyports${executableSuffix(target.platform)}`));
  // A folder of its own, for two builds may run at once.
  mkdirSync(join(root, 'build'), { recursive: true });
  const folder = mkdtempSync(join(root, 'build/executable-'));
  try {
    await buildHost(installedNode(target), folder, output);
  } finally {
    rmSync(folder, { recursive: true });
  }
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
  process.exitCode = 1;
}

async function buildHost(node: string, folder: string, output: string): Promise<void> {
  const bundleFile = join(folder, 'bundle.cjs');
  const cacheFile = join(folder, 'bundle.cache');
  const { source } = await bundle();
  writeFileSync(bundleFile, source, 'latin1');
  await makeCodeCache(node, bundleFile, cacheFile);
  await makeExecutable({ node, bundle: bundleFile, cache: cacheFile }, { generator: node, folder, output });
  process.stdout.write(
    `${relative(process.cwd(), output)}: ${size(output, 1e6)} MB, of it bundle ${size(bundleFile, 1e3)} kB, code cache ${size(cacheFile, 1e3)} kB\n`,
  );
}

function size(file: string, unit: number): string {
  return (statSync(file).size / unit).toFixed(0);
}
