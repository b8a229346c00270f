import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { atExit } from './at-exit.ts';
import { isAlive, ownIdentity } from './process-identity.ts';

const prefix = 'kubectl-skyports-';
/** In a run's folder: the process numbers of what it started, one a line. */
export const processesFile = 'processes';

/** A folder that is removed by `remove`, at this process's exit, or, when it was killed, by the next run. */
export interface TemporaryFolder {
  readonly path: string;
  remove(): Promise<void>;
}

/** A process that was killed a moment ago may still finish writing a file. */
const removal = { recursive: true, force: true, maxRetries: 5, retryDelay: 50 };

/**
 * Makes the folder of one run. Its name says whose it is, so that there is no moment at which it has no owner:
 * `kubectl-skyports-MACHINE.PID.START-RANDOM` in the system's folder for temporary files.
 */
export function createTemporaryFolder(): TemporaryFolder {
  const path = realpathSync(mkdtempSync(join(tmpdir(), `${prefix}${ownIdentity()}-`)));
  const keep = atExit(() => rmSync(path, removal));
  const remove = async () => {
    await rm(path, removal);
    keep();
  };
  return { path, remove };
}

/**
 * Removes what runs that were killed have left: their folder, and, where the system did not do it
 * (it does on Linux), their processes. Folders of living runs stay.
 */
export async function removeAbandonedFolders(): Promise<void> {
  const place = realpathSync(tmpdir());
  const names = readdirSync(place).filter((name) => name.startsWith(prefix));
  const abandoned = names.filter((name) => {
    const identity = name.slice(prefix.length).split('-')[0] ?? '';
    return !isAlive(identity);
  });
  await Promise.all(abandoned.map((name) => removeFolder(join(place, name))));
}

/** Removes a run's folder, once the processes that it names have been killed. */
async function removeFolder(folder: string): Promise<void> {
  for (const pid of processesOf(folder)) {
    if (commandLine(pid).includes(folder)) kill(pid);
  }
  // Somebody else's folder, or another start removes it too.
  await rm(folder, removal).catch(() => {});
}

function processesOf(folder: string): number[] {
  try {
    return readFileSync(join(folder, processesFile), 'utf8').split('\n').filter(Boolean).map(Number);
  } catch {
    return [];
  }
}

function commandLine(pid: number): string {
  try {
    return execFileSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8' });
  } catch {
    return '';
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It went by itself.
  }
}
