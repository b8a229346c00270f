import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { command, cure } from '../errors/cure.ts';
import { Failure } from '../errors/failure.ts';
import type { System } from '../system.ts';

/**
 * The kubectl that called this plugin (KUBECTL_PATH, since kubectl 1.37). If this variable is not set, the first
 * kubectl in PATH.
 *
 * @throws Failure if there is no kubectl
 */
export function findKubectl({ env, platform }: System): string {
  const caller = env.KUBECTL_PATH;
  if (caller && isExecutable(caller)) return caller;
  const name = platform === 'win32' ? 'kubectl.exe' : 'kubectl';
  const found = (env.PATH ?? '')
    .split(delimiter)
    .filter((folder) => folder !== '')
    .map((folder) => join(folder, name))
    .find(isExecutable);
  if (found) return found;
  const where = caller ? `KUBECTL_PATH names ${caller}, which cannot be run, and none is in PATH` : 'none is in PATH';
  throw new Failure('no-kubectl', `kubectl is needed for this, and ${where}`, [
    cure(command`export KUBECTL_PATH=FILE`, "FILE stands for kubectl's path"),
  ]);
}

/** Whether a path is a file that may be run. */
export function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}

/**
 * How long to watch whether the browser's command fails, in milliseconds. If it still runs then, the browser has
 * opened.
 */
const launchMs = 1000;

/**
 * Opens a URL with the program in `BROWSER`, else with the system's browser, and does not wait until the user closes
 * it. The URL may contain a token, so no error message contains it.
 *
 * @throws Failure if no program can open the URL
 */
export async function openInBrowser(url: string, system: System): Promise<void> {
  const { BROWSER } = system.env;
  let failure: string | undefined;
  try {
    failure = await failureOf(BROWSER ? await launch(BROWSER, url, system) : await (await import('open')).default(url));
  } catch (error) {
    failure = (error as NodeJS.ErrnoException).code ?? 'it cannot be started';
  }
  if (failure !== undefined) {
    const program = BROWSER || (system.platform === 'linux' ? 'xdg-open' : "the system's command");
    throw new Failure('no-browser', `no browser could be opened: ${program}: ${failure}`, []);
  }
}

async function launch(program: string, url: string, { env }: System): Promise<ChildProcess> {
  const { spawn } = await import('node:child_process');
  const child = spawn(program, [url], { stdio: 'ignore', detached: true, env: { ...env } });
  await once(child, 'spawn');
  child.unref();
  return child;
}

/** Why the command failed within a second; undefined if it succeeded or is still running. */
async function failureOf(child: ChildProcess): Promise<string | undefined> {
  const over = new AbortController();
  // Node does not wait for the child, so this timer has to keep the process alive.
  const timer = setTimeout(() => over.abort(), launchMs);
  if (child.exitCode === null) await once(child, 'exit', { signal: over.signal }).catch(() => {});
  clearTimeout(timer);
  return child.exitCode ? `exit code ${child.exitCode}` : undefined;
}
