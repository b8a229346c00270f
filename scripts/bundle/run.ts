import { spawn } from 'node:child_process';

/**
 * Runs a program of the build and drops its stdout.
 *
 * @throws Error with its stderr if it fails
 */
export function run(
  file: string,
  args: readonly string[],
  cwd?: string,
  environment: Readonly<Record<string, string>> = {},
): Promise<void> {
  // NODE_OPTIONS is left out. For example, a debugger sets it for the build's own Node, and it would also affect the
  // programs that the build runs.
  const { NODE_OPTIONS: _, ...env } = process.env;
  const child = spawn(file, args, { cwd, env: { ...env, ...environment }, stdio: ['ignore', 'ignore', 'pipe'] });
  let words = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    words += text;
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => {
      if (code === 0) resolve();
      else reject(new Error(`${file} ${args.join(' ')} ended with ${signal ?? `exit code ${code}`}:\n${words.trim()}`));
    });
  });
}
