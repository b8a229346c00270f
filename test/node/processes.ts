import { execFile, spawn } from 'node:child_process';
import { closeSync, openSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { files, folder, namespaces, pidOf } from './layout.ts';

/** A command line that runs somewhere else. */
export type Place = readonly string[];

/** In the network of the node, or of the client. */
export const onNode: Place = ['ip', 'netns', 'exec', namespaces.node];
export const onClient: Place = ['ip', 'netns', 'exec', namespaces.client];

/** In the node's network and in the mounts that containerd and the kubelet share (node-agent.ts). */
export function inHolder(): Place {
  return ['nsenter', '--target', String(pidOf('holder')), '--mount', '--net'];
}

/** Runs a program to its end. @throws Error with what it wrote to stderr */
export async function run(place: Place, program: string, ...args: readonly string[]): Promise<string> {
  const [file, ...rest] = [...place, program, ...args];
  try {
    return (await promisify(execFile)(file!, rest, { maxBuffer: 64 * 1024 * 1024 })).stdout;
  } catch (error) {
    const { stderr, message } = error as Error & { stderr?: string };
    throw new Error(`${program} ${args.join(' ')}: ${stderr?.trim() || message}`);
  }
}

/** Whether a program ends with 0. */
export function succeeds(place: Place, program: string, ...args: readonly string[]): Promise<boolean> {
  return isFulfilled(run(place, program, ...args));
}

/** Whether something was done without an error. */
export function isFulfilled(done: Promise<unknown>): Promise<boolean> {
  return done.then(
    () => true,
    () => false,
  );
}

/** Starts a program that stays when this one ends; its output goes to the node's log folder. */
export function startDaemon(name: string, place: Place, program: string, ...args: readonly string[]): void {
  const log = openSync(files.log(name), 'w');
  const [file, ...rest] = [...place, program, ...args];
  const child = spawn(file!, rest, { detached: true, stdio: ['ignore', log, log] });
  closeSync(log);
  child.unref();
  writeFileSync(files.pid(name), String(child.pid));
}

/** Ends a program of the node: asks, and after two seconds insists. */
export async function stopDaemon(name: string): Promise<void> {
  const pid = pidOf(name);
  if (pid === undefined) return;
  rmSync(files.pid(name), { force: true });
  if (!signal(pid, 'SIGTERM')) return;
  for (let tries = 0; tries < 40; tries++) {
    if (!signal(pid, 0)) return;
    await sleep(50);
  }
  signal(pid, 'SIGKILL');
}

/** Ends daemons of which no file tells: an `up` that was killed had started them and not yet written their ids. */
export function killStrays(): void {
  const known = new Set(pidFiles().map(pidOf));
  for (const pid of readdirSync('/proc').map(Number)) {
    if (!(pid > 0) || known.has(pid)) continue;
    const line = commandLineOf(pid);
    // Shims end with their containers.
    if (line.includes(`${folder}/`) && !line.includes('containerd-shim')) signal(pid, 'SIGKILL');
  }
}

function pidFiles(): string[] {
  try {
    return readdirSync(dirname(files.pid('any')));
  } catch {
    return [];
  }
}

function commandLineOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return '';
  }
}

/** Sends a signal; false when there is no such process. */
export function signal(pid: number, name: NodeJS.Signals | 0): boolean {
  try {
    process.kill(pid, name);
    return true;
  } catch {
    return false;
  }
}

/** Waits until something holds. @throws Error naming it, with the last lines of a log */
export async function untilNode(
  what: string,
  holds: () => Promise<boolean>,
  { withinMs = 60_000, log }: { readonly withinMs?: number; readonly log?: string } = {},
): Promise<void> {
  const end = performance.now() + withinMs;
  while (!(await holds())) {
    if (performance.now() > end) {
      const words = log === undefined ? '' : `; the end of ${files.log(log)}:\n${lastLines(files.log(log))}`;
      throw new Error(`${what}: not within ${withinMs / 1000} s${words}`);
    }
    await sleep(100);
  }
}

function lastLines(file: string): string {
  return readFileSync(file, 'utf8').trimEnd().split('\n').slice(-8).join('\n');
}
