import { execFile } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The executable under test. */
export const executable = process.env.SKYPORTS_EXECUTABLE ?? join(import.meta.dirname, '../../dist/kubectl-skyports');

export interface Outcome {
  readonly code: unknown;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs it with nothing in its environment but PATH and what is given. */
export function runExecutable(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  cwd = tmpdir(),
): Promise<Outcome> {
  return new Promise((resolve) => {
    execFile(executable, args, { cwd, env: { PATH: process.env.PATH, ...env } }, (error, stdout, stderr) =>
      resolve({ code: error ? error.code : 0, stdout, stderr }),
    );
  });
}
