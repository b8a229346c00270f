import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

/**
 * A process, so that a later one can tell whether it still lives although its number was given away again:
 * the machine (or container) it runs on, its number, and when it started.
 * Written as `machine.pid.start`, which is fit for a file name.
 */
export type ProcessIdentity = string;

/** The identity of this very process. */
export function ownIdentity(): ProcessIdentity {
  return `${machine()}.${process.pid}.${startOf(process.pid)}`;
}

/**
 * Whether that process still runs. What cannot be known counts as alive:
 * a process of another machine or container that shares our folder, and text that is no identity.
 */
export function isAlive(identity: ProcessIdentity): boolean {
  const parts = /^([0-9a-f]+)\.(\d+)\.(\d+)$/.exec(identity);
  if (parts === null || parts[1] !== machine()) return true;
  return startOf(Number(parts[2])) === parts[3];
}

/** Whether a process of that number runs on this machine now; one that has ended but was not yet waited for does not. */
export function isRunning(pid: number): boolean {
  return startOf(pid) !== undefined;
}

function machine(): string {
  return createHash('sha256').update(`${hostname()} ${pidNamespace()}`).digest('hex').slice(0, 8);
}

function pidNamespace(): string {
  try {
    return readlinkSync('/proc/self/ns/pid');
  } catch {
    return '';
  }
}

/** Digits that differ for two processes that had the same number; undefined when there is no such process. */
function startOf(pid: number): string | undefined {
  return process.platform === 'linux' ? startFromProc(pid) : startFromPs(pid);
}

function startFromProc(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The second field, the name in parentheses, may hold anything: count from its end. proc_pid_stat(5): 3 is state, 22 starttime.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' || fields[0] === 'X' ? undefined : fields[22 - 3];
  } catch {
    return undefined;
  }
}

function startFromPs(pid: number): string | undefined {
  try {
    const text = execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8', env: { LC_ALL: 'C' } });
    return text.trim() === '' ? undefined : String(Date.parse(text.trim()) / 1000);
  } catch {
    return undefined;
  }
}
