import { advice } from '../errors/cure.ts';
import { Failure } from '../errors/failure.ts';
import type { System } from '../system.ts';

/**
 * Opens a URL in the user's browser with the platform's command, and does not wait for the browser.
 *
 * @throws Failure if the command does not exist
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
  // Not `start`: cmd.exe would interpret & and ^ in the URL.
  if (platform === 'win32') return ['rundll32', 'url.dll,FileProtocolHandler', url];
  return ['xdg-open', url];
}
