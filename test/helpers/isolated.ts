import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

/**
 * Runs a script in a network namespace that has nothing but its own loopback, with mounts and processes of its own: nothing
 * that it calls or starts reaches anything else, and nothing of it is left. It has a folder for temporary files of its
 * own, since it sees no processes of other runs and would take their folders for abandoned.
 *
 * @returns what the script printed, parsed as JSON
 * @throws Error when there can be no namespaces here, or the script fails
 */
export async function runIsolated<T>(script: string, ...args: readonly string[]): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'kubectl-skyports-isolated-'));
  const isolation = ['--net', '--mount', '--pid', '--fork', '--kill-child', '--mount-proc'];
  const rights = process.getuid?.() === 0 ? [] : ['--map-root-user'];
  const inside = ['sh', '-c', 'ip link set lo up && exec "$@"', 'sh', process.execPath, script, ...args];
  try {
    const { stdout } = await promisify(execFile)('unshare', [...rights, ...isolation, ...inside], {
      env: { ...process.env, TMPDIR: folder },
      maxBuffer: 64 * 1024 * 1024,
    });
    return JSON.parse(stdout);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
