import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { PortMode } from './skypilot.ts';

/** One run of a command line. */
export interface StatusRun {
  readonly code: number;
  readonly stdout: string;
  /** Wall time. */
  readonly ms: number;
}

/** `sky status --endpoints` and `endpoints -o sky` in turn, on a SkyPilot cluster whose port 8888 is open in a mode. */
export interface SkyStatus {
  readonly mode: PortMode;
  readonly skyPilot: readonly StatusRun[];
  readonly skyports: readonly StatusRun[];
}

/**
 * Runs SkyPilot's command line and server, a Kubernetes API server and the plugin in a network namespace that has nothing
 * but its own loopback: SkyPilot asks for catalogs and releases on the way, and nobody else is to hear of it.
 *
 * @param executable the built plugin
 * @param rounds how often each is run
 * @throws Error when a network namespace cannot be made here, or SkyPilot does not start
 */
export async function runSkyStatus(executable: string, rounds: number): Promise<SkyStatus[]> {
  // A namespace of processes, too: whatever SkyPilot's server has started ends with it. In there no other run's processes
  // are seen, so neither may its folders be.
  const folder = mkdtempSync(join(tmpdir(), 'kubectl-skyports-sky-status-'));
  const isolation = ['--net', '--pid', '--fork', '--kill-child', '--mount-proc'];
  const rights = process.getuid?.() === 0 ? [] : ['--map-root-user'];
  const command = ['sh', '-c', 'ip link set lo up && exec "$@"', 'sh', process.execPath];
  const script = [join(import.meta.dirname, 'sky-status.ts'), executable, String(rounds)];
  try {
    const { stdout } = await promisify(execFile)('unshare', [...rights, ...isolation, ...command, ...script], {
      env: { ...process.env, TMPDIR: folder },
      maxBuffer: 64 * 1024 * 1024,
    });
    return JSON.parse(stdout);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
