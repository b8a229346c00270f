import { advice } from '../errors/cure.ts';
import { Failure } from '../errors/failure.ts';
import type { System } from '../system.ts';

/**
 * Opens a URL in the user's browser, by the command of the platform, and does not wait for it.
 *
 * @throws Failure when there is no such command
 */
export async function openInBrowser(url: string, system: System): Promise<void> {
  const { spawn } = await import('node:child_process');
  const [command, ...args] = browserCommand(url, system);
  await new Promise<void>((resolve, reject) => {
    const child = spawn(command!, args, { stdio: 'ignore', detached: true, env: { ...system.env } });
    child.once('spawn', () => {
      child.unref();
      resolve();
    });
    child.once('error', (error) =>
      reject(
        new Failure('no-browser', `no browser could be opened: ${command}: ${error.message}`, [
          advice(`open it yourself: ${url}`),
        ]),
      ),
    );
  });
}

function browserCommand(url: string, { env, platform }: System): string[] {
  if (env.BROWSER) return [env.BROWSER, url];
  if (platform === 'darwin') return ['open', url];
  // Not `start`: cmd.exe would read & and ^ in the URL.
  if (platform === 'win32') return ['rundll32', 'url.dll,FileProtocolHandler', url];
  return ['xdg-open', url];
}
