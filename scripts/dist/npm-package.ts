import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { bundleWhole } from '../bundle/bundle.ts';

const root = resolve(import.meta.dirname, '../..');

/** Older versions lack Map.groupBy, Promise.withResolvers, or the Set operations that this program uses. */
const engines = { node: '>=22.15' };

/**
 * Writes an npm package for users with Node (`npx kubectl-skyports`): the bundle in one file, without dependencies and
 * scripts. `npm publish FOLDER` would publish it.
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
