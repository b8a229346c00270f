import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { command, cure } from '../errors/cure.ts';
import { Failure } from '../errors/failure.ts';
import type { System } from '../system.ts';

/**
 * The kubectl that called this plugin (KUBECTL_PATH, since kubectl 1.37). Without this variable, the first kubectl in
 * PATH.
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

/** How long a browser's command may take to fail, in milliseconds. A browser that runs longer has opened. */
const launchMs = 1000;

/**
 * Opens a URL in the user's browser with the platform's command, and does not wait for the browser. The error message does
 * not contain the URL, which may contain a token.
 *
 * @throws Failure if the command does not exist or fails
 */
export async function openInBrowser(url: string, system: System): Promise<void> {
  const { spawn } = await import('node:child_process');
  const [command, ...args] = browserCommand(url, system);
  const child = spawn(command!, args, { stdio: 'ignore', detached: true, env: { ...system.env } });
  const why = await new Promise<string | undefined>((resolve) => {
    const timer = setTimeout(() => resolve(undefined), launchMs);
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (code) => resolve(code === 0 ? undefined : `exit code ${code}`));
    child.once('close', () => clearTimeout(timer));
  });
  child.unref();
  if (why !== undefined) throw new Failure('no-browser', `no browser could be opened: ${command}: ${why}`, []);
}

function browserCommand(url: string, { env, platform }: System): string[] {
  if (env.BROWSER) return [env.BROWSER, url];
  if (platform === 'darwin') return ['open', url];
  // `start` is not used, because cmd.exe would interpret & and ^ in the URL.
  if (platform === 'win32') return ['rundll32', 'url.dll,FileProtocolHandler', url];
  return ['xdg-open', url];
}
