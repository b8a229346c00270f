import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { bundle } from './bundle.ts';
import { makeCodeCache } from './code-cache.ts';
import { makeExecutable } from './executable.ts';
import { executableSuffix, hostTarget, installedNode } from './target.ts';

/** An executable that was made. */
export interface Built {
  readonly file: string;
  readonly bytes: number;
  readonly bundleBytes: number;
  readonly cacheBytes: number;
}

const root = resolve(import.meta.dirname, '../..');

/** Makes the executable for this machine; default: dist/kubectl-skyports. */
export async function buildHost(output?: string): Promise<Built> {
  const target = hostTarget();
  const file = resolve(output ?? join(root, `dist/kubectl-skyports${executableSuffix(target.platform)}`));
  // A folder of its own, for two builds may run at once.
  mkdirSync(join(root, 'build'), { recursive: true });
  const folder = mkdtempSync(join(root, 'build/executable-'));
  try {
    const node = installedNode(target);
    const bundleFile = join(folder, 'bundle.cjs');
    const cacheFile = join(folder, 'bundle.cache');
    writeFileSync(bundleFile, (await bundle()).source, 'latin1');
    await makeCodeCache(node, bundleFile, cacheFile);
    await makeExecutable({ node, bundle: bundleFile, cache: cacheFile }, { generator: node, folder, output: file });
    return { file, bytes: size(file), bundleBytes: size(bundleFile), cacheBytes: size(cacheFile) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function size(file: string): number {
  return statSync(file).size;
}
