import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { bundleWhole } from '../bundle/bundle.ts';

const root = resolve(import.meta.dirname, '../..');

/** Older ones have no Map.groupBy, Promise.withResolvers or Set operations as this program uses them. */
const engines = { node: '>=22.15' };

/**
 * Writes a package for those who have Node (`npx kubectl-skyports`): the bundle in one file, no dependencies, no scripts.
 * `npm publish FOLDER` would publish it.
 */
export async function writeNpmPackage(folder: string, licences: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const { version, description, license, repository } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const { source } = await bundleWhole({ target: 'node22' });
  const about = {
    ...{ name: 'kubectl-skyports', version, description, license, repository, engines },
    keywords: ['kubectl', 'kubectl-plugin', 'kubernetes', 'skypilot'],
    bin: { 'kubectl-skyports': 'kubectl-skyports.cjs' },
    files: ['kubectl-skyports.cjs', 'THIRD-PARTY-LICENCES.txt'],
  };
  writeFileSync(join(folder, 'package.json'), `${JSON.stringify(about, null, 2)}\n`);
  writeFileSync(join(folder, 'kubectl-skyports.cjs'), `#!/usr/bin/env node\n${source}`, { mode: 0o755 });
  writeFileSync(join(folder, 'THIRD-PARTY-LICENCES.txt'), licences);
  for (const file of ['README.md', 'LICENSE']) writeFileSync(join(folder, file), readFileSync(join(root, file)));
}
