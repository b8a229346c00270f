import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { resolve } from 'node:path';
import { noProbes } from '../helpers/run-skyports.ts';

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
  readonly startedAt: number;
  readonly endedAt: number;
  /** stdout and stderr. */
  readonly output: string;
}

export interface RunningProgram {
  readonly ended: Promise<KilledRun>;
  hasEnded(): boolean;
  kill(signal: KillSignal): void;
}

/** No command takes this long here: what does hangs. */
const limitMs = 60_000;

const executable = process.env.SKYPORTS_EXECUTABLE ?? resolve(import.meta.dirname, '../../dist/kubectl-skyports');

/** Starts the executable with a kubeconfig, and with a home folder that is also where it runs. */
export function startProgram(args: readonly string[], place: { kubeconfig: string; home: string }): RunningProgram {
  const { kubeconfig, home } = place;
  const startedAt = performance.now();
  const child = spawn(executable, args, {
    env: { PATH: '/usr/bin:/bin', HOME: home, KUBECONFIG: kubeconfig, ...noProbes },
    cwd: home,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  let signalledAt: number | undefined;
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
      done({ args, code, endedBySignal: signal !== null, signalledAt, startedAt, endedAt, output });
    });
  });
  const hasEnded = () => child.exitCode !== null || child.signalCode !== null;
  const kill = (signal: KillSignal) => {
    if (hasEnded()) return;
    signalledAt = performance.now();
    child.kill(signal);
  };
  return { ended, hasEnded, kill };
}
