import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { checkEnd, type Program, start } from './measure.ts';

/** The peaks in MiB. */
export interface PeakMemory {
  /** All resident memory, including pages of the executable's file. */
  readonly resident: number;
  /** Anonymous memory only: memory that the system cannot drop and read again from a file. */
  readonly anonymous: number;
}

const lookEveryMs = 2;

/**
 * Runs the program and returns its peak memory. Linux records the resident peak (VmHWM of proc_pid_status(5)) until the
 * process ends. So frequent reads lose almost nothing. The anonymous peak is the highest value that was read. Undefined
 * on systems without /proc.
 */
export async function peakMemory(program: Program): Promise<PeakMemory | undefined> {
  if (process.platform !== 'linux') return undefined;
  const child = start(program);
  const ended = once(child, 'exit');
  const peak = { resident: 0, anonymous: 0 };
  while (child.exitCode === null && child.signalCode === null) {
    const now = statusOf(child.pid!);
    peak.resident = Math.max(peak.resident, now.VmHWM ?? 0);
    peak.anonymous = Math.max(peak.anonymous, now.RssAnon ?? 0);
    await sleep(lookEveryMs);
  }
  const [code, signal] = await ended;
  checkEnd(program, code, signal);
  return { resident: peak.resident / 1024, anonymous: peak.anonymous / 1024 };
}

/** The memory of a process in KiB; undefined fields if it has just ended. */
export function statusOf(pid: number): Record<string, number> {
  try {
    const lines = readFileSync(`/proc/${pid}/status`, 'utf8').matchAll(/^(\w+):\s+(\d+) kB$/gm);
    return Object.fromEntries([...lines].map(([, name, size]) => [name, Number(size)]));
  } catch {
    return {};
  }
}
