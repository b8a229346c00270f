import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { assetNames } from './asset-names.ts';
import { bundleInParts } from './bundle.ts';
import { makeCodeCaches } from './code-cache.ts';
import { makeExecutable } from './executable.ts';
import { installedNode } from './node-binary.ts';
import { executableSuffix, hostTarget } from './target.ts';

/** A finished executable. */
export interface Built {
  readonly file: string;
  readonly bytes: number;
  readonly bundleBytes: number;
  readonly cacheBytes: number;
}

const root = resolve(import.meta.dirname, '../..');

/** Builds the executable for this machine; default: dist/kubectl-skyports. */
export async function buildHost(output?: string): Promise<Built> {
  const target = hostTarget();
  const file = resolve(output ?? join(root, `dist/kubectl-skyports${executableSuffix(target.platform)}`));
  // A separate folder for each build, because two builds may run at once.
  mkdirSync(join(root, 'build'), { recursive: true });
  const folder = mkdtempSync(join(root, 'build/executable-'));
  try {
    const node = installedNode(target);
    for (const { name, source } of await bundleInParts()) {
      writeFileSync(join(folder, assetNames(name).source), source, 'latin1');
    }
    await makeCodeCaches(node, folder);
    const [bundleBytes, cacheBytes] = [bytesOf(folder, '.cjs'), bytesOf(folder, '.cache')];
    await makeExecutable({ target, node, folder, withCaches: true }, file);
    return { file, bytes: statSync(file).size, bundleBytes, cacheBytes };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function bytesOf(folder: string, suffix: string): number {
  const files = readdirSync(folder).filter((name) => name.endsWith(suffix));
  return files.reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);
}
