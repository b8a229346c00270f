import { chmodSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';
import { isExecutable } from '../../src/local/programs.ts';
import { atExit } from './at-exit.ts';
import { isAlive, ownIdentity } from './process-identity.ts';
import { etcdVersion, kubernetesVersion, type ProgramName, programNames } from './versions.ts';

const partialPrefix = 'partial-';

/** `amd64` and the like, as Go and upstream's archives call it. */
export const goArchitecture = process.arch === 'x64' ? 'amd64' : process.arch;

/** Where everything lies that is fetched or made once a machine, each thing under a name that tells its version. */
export function sharedCache(environment: Readonly<Record<string, string | undefined>>): string {
  const given = environment.XDG_CACHE_HOME;
  // The XDG base directory specification: a relative path is invalid and ignored.
  return join(given && isAbsolute(given) ? given : join(homedir(), '.cache'), 'kubectl-skyports');
}

/** The folder that keeps the programs, one a version, system and architecture; it need not exist yet. */
export function cacheFolder(environment: Readonly<Record<string, string | undefined>>): string {
  const version = `kubernetes-${kubernetesVersion}-etcd-${etcdVersion}-${process.platform}-${goArchitecture}`;
  return join(sharedCache(environment), version);
}

/** The programs that a folder has; none when there is no such folder. */
export function executablesIn(folder: string): Partial<Record<ProgramName, string>> {
  const files = programNames.map((name) => [name, resolve(folder, name)] as const);
  return Object.fromEntries(files.filter(([, file]) => isExecutable(file)));
}

/**
 * Gives `make` an empty folder to write programs to, then moves them into the cache, each in one step,
 * so that nobody ever sees half of one. Only for the holder of the cache's lock.
 */
export async function addToCache(cache: string, make: (folder: string) => Promise<void>): Promise<void> {
  await removeAbandonedParts(cache);
  const folder = mkdtempSync(join(cache, `${partialPrefix}${ownIdentity()}-`));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  const keep = atExit(remove);
  try {
    await make(folder);
    for (const name of readdirSync(folder)) {
      chmodSync(join(folder, name), 0o755);
      renameSync(join(folder, name), join(cache, name));
    }
  } finally {
    remove();
    keep();
  }
}

async function removeAbandonedParts(cache: string): Promise<void> {
  const parts = readdirSync(cache).filter((name) => name.startsWith(partialPrefix));
  const abandoned = parts.filter((name) => !isAlive(name.slice(partialPrefix.length).split('-')[0] ?? ''));
  await Promise.all(abandoned.map((name) => rm(join(cache, name), { recursive: true, force: true })));
}
