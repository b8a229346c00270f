import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import test from 'ava';
import { bundleInParts } from '../../scripts/bundle/bundle.ts';
import { madeDist, makeRelease } from './made.ts';

const root = resolve(import.meta.dirname, '../..');

test('a release made in another folder, under another name, has the same bytes, all five platforms of it', async (t) => {
  const { read } = await madeDist(t);
  const parent = mkdtempSync(join(tmpdir(), 'skyports-builds-'));
  t.teardown(() => rmSync(parent, { recursive: true }));
  const project = join(parent, 'another', 'folder', 'deeper');
  await copyProject(project);
  await makeRelease(project, join(project, 'dist'));
  for (const name of ['SHA256SUMS', 'skyports.yaml', 'npm/kubectl-skyports.cjs', 'npm/THIRD-PARTY-LICENCES.txt']) {
    t.is(readFileSync(join(project, 'dist', name), 'utf8'), read(name).toString(), name);
  }
});

/** Copies what is bundled, for esbuild writes the real paths of links; links the tools and the Nodes. */
async function copyProject(folder: string): Promise<void> {
  const packages = join(folder, 'node_modules');
  mkdirSync(packages, { recursive: true });
  for (const part of [
    ...['package.json', 'package-lock.json', 'tsconfig.json', 'README.md', 'LICENSE'],
    ...['src', 'scripts', 'krew', 'test/cluster', 'test/helpers'],
  ]) {
    cpSync(join(root, part), join(folder, part), { recursive: true });
  }
  const bundled = await bundledPackages();
  for (const name of bundled) cpSync(join(root, 'node_modules', name), join(packages, name), { recursive: true });
  for (const name of await installedPackages()) {
    if (bundled.has(name)) continue;
    mkdirSync(dirname(join(packages, name)), { recursive: true });
    symlinkSync(join(root, 'node_modules', name), join(packages, name));
  }
}

async function bundledPackages(): Promise<Set<string>> {
  const inputs = (await bundleInParts()).flatMap(({ bytesByInput }) => Object.keys(bytesByInput));
  return new Set(inputs.flatMap((input) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(input)?.[1] ?? []));
}

async function installedPackages(): Promise<string[]> {
  const names = (await readdir(join(root, 'node_modules'))).filter((name) => !name.startsWith('.'));
  const scoped = names.filter((name) => name.startsWith('@'));
  const within = await Promise.all(
    scoped.map(async (scope) => (await readdir(join(root, 'node_modules', scope))).map((name) => `${scope}/${name}`)),
  );
  return [...names.filter((name) => !name.startsWith('@')), ...within.flat()];
}
