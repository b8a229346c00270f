import { renameSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { addToCache } from './binary-cache.ts';
import { buildArguments, buildEnvironment, goOnPath, programOf } from './go-build.ts';
import { spawnTied, whenEnded } from './processes.ts';
import type { Progress } from './progress.ts';
import { goPackages, kubernetesVersion, type ProgramName, versionOf } from './versions.ts';

export interface BuildOptions {
  readonly cache: string;
  readonly progress: Progress;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/**
 * Builds programs with the machine's Go from the modules that `go.mod` beside this file pins, into the cache.
 * One `go build` makes all of them, so that all processors are busy until the end: linking uses only one or two.
 * Without Go on the PATH it does nothing. Throws one line with Go's own reason when it cannot build.
 */
export async function buildPrograms(names: readonly ProgramName[], options: BuildOptions): Promise<void> {
  const go = goOnPath(options.environment.PATH ?? '');
  if (go === undefined || names.length === 0) return;
  options.progress.step(`Building ${listOf(names)} with Go (once; it takes some minutes)`);
  await addToCache(options.cache, async (folder) => {
    await build(go, names, folder, options);
    for (const name of names) renameSync(join(folder, programOf(goPackages[name])), join(folder, name));
  });
}

async function build(go: string, names: readonly ProgramName[], folder: string, options: BuildOptions): Promise<void> {
  const packages = names.map((name) => goPackages[name]);
  // Go takes the path for a folder only with a slash at its end.
  const args = [...buildArguments(stampFlags), '-o', `${folder}/`, ...packages];
  const child = spawnTied(go, args, {
    cwd: import.meta.dirname,
    env: buildEnvironment(options.environment),
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let lastLine = '';
  if (child.stderr) {
    createInterface({ input: child.stderr }).on('line', (line) => {
      lastLine = line;
      options.progress.detail(line);
    });
  }
  const end = await whenEnded(child);
  if (end === 'with exit code 0') return;
  const reason = lastLine === '' ? `it ended ${end}` : lastLine.trim();
  throw new Error(
    `Go could not build ${listOf(names)}: ${reason}. To see all it says: (cd test/cluster && go build -o /dev/null ${packages.join(' ')})`,
  );
}

function listOf(names: readonly ProgramName[]): string {
  return names.map((name) => `${name} ${versionOf(name)}`).join(', ');
}

const [major, minor] = kubernetesVersion.split('.');
const stamps = { gitVersion: `v${kubernetesVersion}`, gitMajor: major, gitMinor: minor, gitTreeState: 'clean' };
/**
 * Without the stamps kubectl fails with "could not parse pre-release/metadata", and servers call themselves
 * v0.0.0-master. etcd has no such variables, and its linker ignores them.
 */
const stampFlags = Object.entries(stamps)
  .map(([key, value]) => `-X k8s.io/component-base/version.${key}=${value}`)
  .join(' ');
