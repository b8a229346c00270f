import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { addToCache, sharedCache } from '../cluster/binary-cache.ts';
import { buildArguments, buildEnvironment, goOnPath, programOf } from '../cluster/go-build.ts';
import { withLock } from '../cluster/lock.ts';
import { silentProgress } from '../cluster/progress.ts';
import { goVersion } from '../cluster/versions.ts';

export interface GoProgram {
  /** The folder with its go.mod. */
  readonly module: string;
  /** By the name of the file. */
  readonly packages: Readonly<Record<string, string>>;
  readonly linkerFlags?: string;
}

/**
 * Builds programs with the machine's Go from the modules that a go.mod pins, once for each state of that folder.
 *
 * @param onBuild called when there is something to build
 * @returns the folder with the programs
 * @throws Error with the one line that helps when there is no Go, or it cannot build them
 */
export async function goPrograms(
  { module, packages, linkerFlags = '' }: GoProgram,
  onBuild: () => void = () => {},
): Promise<string> {
  const sources = readdirSync(module).filter((name) => /^go\.(mod|sum)$|\.go$/.test(name));
  const digest = createHash('sha256');
  for (const name of sources.sort()) digest.update(readFileSync(join(module, name)));
  const name = Object.keys(packages).join('-');
  const folder = join(sharedCache(process.env), `${name}-${digest.digest('hex').slice(0, 16)}`);
  const isThere = () => Object.keys(packages).every((file) => existsSync(join(folder, file)));
  if (isThere()) return folder;
  const go = goOnPath(process.env.PATH ?? '');
  if (go === undefined)
    throw new Error(`${name} is built with Go: install Go ${goVersion} or later (https://go.dev/dl)`);
  mkdirSync(folder, { recursive: true });
  await withLock(folder, silentProgress, async () => {
    if (isThere()) return;
    onBuild();
    await addToCache(folder, async (output) => {
      // One build of all packages keeps all processors busy. Go takes the path for a folder only with a slash at its end.
      const built = Object.entries(packages);
      const target = built.length === 1 ? join(output, built[0]![0]) : `${output}/`;
      const args = [...buildArguments(linkerFlags), '-o', target, ...Object.values(packages)];
      await promisify(execFile)(go, args, { cwd: module, env: { ...buildEnvironment(process.env) } });
      if (built.length === 1) return;
      for (const [file, goPackage] of built) renameSync(join(output, programOf(goPackage)), join(output, file));
    });
  });
  return folder;
}
