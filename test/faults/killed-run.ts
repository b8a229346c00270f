import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { resolve } from 'node:path';
import { noProbes } from '../helpers/run-skyports.ts';
import { untilHandled } from './signal-handled.ts';

export type KillSignal = 'SIGKILL' | 'SIGINT' | 'SIGTERM';

/** One run of the real executable. Moments are those of `performance.now()`. */
export interface KilledRun {
  readonly args: readonly string[];
  /** As a shell counts it: 128 and the signal's number for a program that a signal ended. */
  readonly code: number;
  /** The program did not end itself: a signal ended it. */
  readonly endedBySignal: boolean;
  /** Undefined: no signal was sent, or the run had ended before. */
  readonly signalledAt: number | undefined;
  /** When it had surely handled the signal; undefined if it ended before. */
  readonly handledAt: number | undefined;
  readonly startedAt: number;
  readonly endedAt: number;
  /** stdout and stderr. */
  readonly output: string;
}

export interface RunningProgram {
  readonly ended: Promise<KilledRun>;
  hasEnded(): boolean;
  /** Resolves when it has handled the signal (`untilHandled`). */
  kill(signal: KillSignal): Promise<void>;
}

/** No command takes this long, even on a slow machine: what does hangs. */
const limitMs = 300_000;

const executable = process.env.SKYPORTS_EXECUTABLE ?? resolve(import.meta.dirname, '../../dist/kubectl-skyports');

/** Where a program runs, and how. */
export interface ProgramPlace {
  readonly kubeconfig: string;
  /** The home folder, which is also where it runs. */
  readonly home: string;
  /** The command in place of the executable (bundled-program.ts). */
  readonly program?: readonly [string, ...string[]] | undefined;
}

/** Starts the executable, or another build of it. */
export function startProgram(
  args: readonly string[],
  { kubeconfig, home, program = [executable] }: ProgramPlace,
): RunningProgram {
  const startedAt = performance.now();
  const [file, ...before] = program;
  const child = spawn(file, [...before, ...args], {
    env: { PATH: '/usr/bin:/bin', HOME: home, KUBECONFIG: kubeconfig, ...noProbes },
    cwd: home,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  let signalledAt: number | undefined;
  let handledAt: number | undefined;
  let endedAt = 0;
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text) => {
      output += text;
    });
  }
  const timer = setTimeout(() => child.kill('SIGKILL'), limitMs);
  child.once('exit', () => {
    endedAt = performance.now();
    clearTimeout(timer);
  });
  const ended = new Promise<KilledRun>((done, reject) => {
    child.once('error', reject);
    child.once('close', (status, signal) => {
      const code = status ?? 128 + constants.signals[signal!];
      done({ args, code, endedBySignal: signal !== null, signalledAt, handledAt, startedAt, endedAt, output });
    });
  });
  const hasEnded = () => child.exitCode !== null || child.signalCode !== null;
  const kill = async (signal: KillSignal) => {
    if (hasEnded()) return;
    signalledAt = performance.now();
    child.kill(signal);
    await untilHandled(child.pid!, signal);
    handledAt = performance.now();
  };
  return { ended, hasEnded, kill };
}
