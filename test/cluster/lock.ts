import { closeSync, openSync, readFileSync, rmSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { atExit } from './at-exit.ts';
import { isAlive, ownIdentity } from './process-identity.ts';
import type { Progress } from './progress.ts';

/** A holder of another machine (a home folder on the network) cannot be looked at; after this time it counts as dead. */
const abandonedAfterMs = 30 * 60_000;

/**
 * Does `work` while no other process does its own in the same folder: the second waits until the first has ended
 * or died. It saves work; it is no promise: should two see a dead holder in the same instant, both may go ahead.
 */
export async function withLock<Result>(
  folder: string,
  progress: Progress,
  work: () => Promise<Result>,
): Promise<Result> {
  const file = join(folder, 'lock');
  while (!take(file)) {
    if (isAbandoned(file)) rmSync(file, { force: true });
    else {
      progress.step('Waiting for another process that prepares the programs of the test cluster');
      await sleep(100);
    }
  }
  const giveBack = () => rmSync(file, { force: true });
  const keep = atExit(giveBack);
  try {
    return await work();
  } finally {
    giveBack();
    keep();
  }
}

function take(file: string): boolean {
  try {
    const descriptor = openSync(file, 'wx');
    writeSync(descriptor, ownIdentity());
    closeSync(descriptor);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

function isAbandoned(file: string): boolean {
  try {
    const { mtimeMs } = statSync(file);
    return !isAlive(readFileSync(file, 'utf8')) || Date.now() - mtimeMs > abandonedAfterMs;
  } catch {
    // It was given back a moment ago.
    return false;
  }
}
