import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import test from 'ava';
import { bundleInParts } from '../../scripts/bundle/bundle.ts';

const root = resolve(import.meta.dirname, '../..');

test('two builds in different folders, under different names, give the same bytes', async (t) => {
  t.timeout(300_000, 'two builds at once take long on a busy machine');
  const parent = mkdtempSync(join(tmpdir(), 'skyports-builds-'));
  t.teardown(() => rmSync(parent, { recursive: true }));
  const packages = await bundledPackages();
  const folders = [join(parent, 'one'), join(parent, 'another', 'folder', 'deeper')];
  for (const folder of folders) await copyProject(folder, packages);
  const [one, another] = await Promise.all(folders.map(build));
  t.is(one, another);
});

/** The packages that the program is made of; the build's own tools are not among them. */
async function bundledPackages(): Promise<Set<string>> {
  const inputs = (await bundleInParts()).flatMap(({ bytesByInput }) => Object.keys(bytesByInput));
  return new Set(inputs.flatMap((input) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(input)?.[1] ?? []));
}

/** Copies what is bundled, for esbuild writes the real paths of links; links the tools. */
async function copyProject(folder: string, packages: ReadonlySet<string>): Promise<void> {
  mkdirSync(join(folder, 'node_modules'), { recursive: true });
  for (const part of ['package.json', 'tsconfig.json', 'src', 'scripts', 'test/cluster', 'test/helpers']) {
    cpSync(join(root, part), join(folder, part), { recursive: true });
  }
  for (const name of packages) {
    cpSync(join(root, 'node_modules', name), join(folder, 'node_modules', name), { recursive: true });
  }
  const linked = [
    'esbuild',
    '@esbuild',
    ...(await readdir(join(root, 'node_modules'))).filter((name) => /^node-(?!fetch)/.test(name)),
  ];
  for (const name of linked) symlinkSync(join(root, 'node_modules', name), join(folder, 'node_modules', name));
}

/** Builds there, and returns the executable's sha256. */
async function build(folder: string): Promise<string> {
  const output = join(folder, 'dist/kubectl-skyports');
  await promisify(execFile)(process.execPath, [join(folder, 'scripts/build.ts'), output], { cwd: dirname(folder) });
  return createHash('sha256').update(readFileSync(output)).digest('hex');
}
