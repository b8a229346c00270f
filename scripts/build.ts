// npm run build [-- FILE]: makes the executable for this machine, dist/kubectl-skyports.

import { mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { bundle } from './bundle/bundle.ts';
import { makeCodeCache } from './bundle/code-cache.ts';
import { makeExecutable } from './bundle/executable.ts';
import { executableSuffix, hostTarget, installedNode } from './bundle/target.ts';

const root = resolve(import.meta.dirname, '..');
const folder = join(root, 'build');
const target = hostTarget();
const output = process.argv[2] ?? join(root, `dist/kubectl-skyports${executableSuffix(target.platform)}`);

const node = installedNode(target);
const bundleFile = join(folder, 'bundle.cjs');
const cacheFile = join(folder, `bundle-${target.platform}-${target.arch}.cache`);

try {
  mkdirSync(folder, { recursive: true });
  const { source } = await bundle();
  writeFileSync(bundleFile, source, 'latin1');
  await makeCodeCache(node, bundleFile, cacheFile);
  await makeExecutable({ node, bundle: bundleFile, cache: cacheFile }, { generator: node, folder, output });
  process.stdout.write(
    `${output}: ${size(output, 1e6)} MB, of it bundle ${size(bundleFile, 1e3)} kB, code cache ${size(cacheFile, 1e3)} kB\n`,
  );
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
  process.exitCode = 1;
}

function size(file: string, unit: number): string {
  return (statSync(file).size / unit).toFixed(0);
}
