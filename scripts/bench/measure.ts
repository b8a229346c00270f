import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** A program to time. */
export interface Program {
  readonly file: string;
  readonly args: readonly string[];
  /** The whole environment of the program. */
  readonly environment: Readonly<Record<string, string>>;
  /** The expected exit code; default: 0. Any other code is an error, because its times would be wrong. */
  readonly exitCode?: number;
}

/** Wall times of one program, in milliseconds, in the order of the rounds. */
export type Times = readonly number[];

/** Runs that are not counted. They fill the page cache. */
const usualWarmUps = 2;

/**
 * Runs the programs in turn (A B C A B C …) and returns the times of each. If the machine becomes slower, all programs
 * do, so their ratio stays the same.
 */
export async function roundRobin(
  programs: readonly Program[],
  rounds: number,
  warmUps = usualWarmUps,
): Promise<Times[]> {
  const times: number[][] = programs.map(() => []);
  for (let round = -warmUps; round < rounds; round++) {
    for (const [index, program] of programs.entries()) {
      const time = await runOnce(program);
      if (round >= 0) times[index]!.push(time);
    }
  }
  return times;
}

async function runOnce(program: Program): Promise<number> {
  const begun = process.hrtime.bigint();
  const child = start(program);
  const [code, signal] = await once(child, 'exit');
  const ended = process.hrtime.bigint();
  checkEnd(program, code, signal);
  return Number(ended - begun) / 1e6;
}

/** Starts the program and drops its output. */
export function start({ file, args, environment }: Program) {
  return spawn(file, args, { env: environment, stdio: 'ignore' });
}

/** @throws Error if the exit code is not the expected one */
export function checkEnd({ file, args, exitCode = 0 }: Program, code: number | null, signal: string | null): void {
  if (code === exitCode) return;
  throw new Error(`${[file, ...args].join(' ')} ended with ${signal ?? `exit code ${code}`}, not ${exitCode}`);
}

/** The median: one slow run does not change it. */
export function median(values: Times): number {
  const sorted = values.toSorted((one, other) => one - other);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
