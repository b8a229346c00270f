import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { createInterface } from 'node:readline';
import { addToCache } from './binary-cache.ts';
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
 * Without Go on the PATH it does nothing. Throws one line with Go's own reason when it cannot build.
 */
export async function buildPrograms(names: readonly ProgramName[], options: BuildOptions): Promise<void> {
  const go = goOnPath(options.environment.PATH ?? '');
  if (go === undefined) return;
  for (const [index, name] of names.entries()) {
    const which = names.length === 1 ? '' : `, ${index + 1} of ${names.length}`;
    options.progress.step(`Building ${name} ${versionOf(name)} with Go${which} (once; it can take minutes)`);
    await addToCache(options.cache, (folder) => build(go, name, join(folder, name), options));
  }
}

async function build(go: string, name: ProgramName, output: string, options: BuildOptions): Promise<void> {
  const args = ['build', '-trimpath', '-buildvcs=false', '-ldflags', linkerFlags(name), '-o', output, goPackages[name]];
  const child = spawnTied(go, args, {
    cwd: import.meta.dirname,
    env: { ...options.environment },
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
    `Go could not build ${name} ${versionOf(name)}: ${reason}. To see all it says: (cd test/cluster && go build -o /dev/null ${goPackages[name]})`,
  );
}

function linkerFlags(name: ProgramName): string {
  if (name === 'etcd') return '-s -w';
  const [major, minor] = kubernetesVersion.split('.');
  const stamps = { gitVersion: `v${kubernetesVersion}`, gitMajor: major, gitMinor: minor, gitTreeState: 'clean' };
  // Without them kubectl fails with "could not parse pre-release/metadata", and servers call themselves v0.0.0-master.
  const settings = Object.entries(stamps).map(([key, value]) => `-X k8s.io/component-base/version.${key}=${value}`);
  return ['-s -w', ...settings].join(' ');
}

/** The machine's Go; undefined without one. */
export function goOnPath(path: string): string | undefined {
  const files = path.split(delimiter).map((folder) => join(folder, 'go'));
  return files.find((file) => {
    try {
      accessSync(file, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
