import { join } from 'node:path';
import { runIsolated } from '../helpers/isolated.ts';
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
 * Runs SkyPilot's command line and server, a Kubernetes API server and the plugin where no network is: SkyPilot asks for
 * catalogs and releases on the way, and nobody else is to hear of it.
 *
 * @param executable the built plugin
 * @param rounds how often each is run
 * @throws Error when there can be no namespaces here, or SkyPilot does not start
 */
export function runSkyStatus(executable: string, rounds: number): Promise<SkyStatus[]> {
  return runIsolated(join(import.meta.dirname, 'sky-status.ts'), executable, String(rounds));
}
