import { type ChildProcess, type SpawnOptions, spawn, spawnSync } from 'node:child_process';
import { appendFileSync, closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { atExit } from './at-exit.ts';
import { processesFile } from './temporary-folder.ts';

/** A server program that runs in the background. */
export interface ServerProcess {
  readonly name: string;
  readonly pid: number;
  /** Where its output goes. */
  readonly logFile: string;
  /** Resolves when it has ended, with how, as a sentence's end: "with exit code 1". Never rejects. */
  readonly ended: Promise<string>;
  /** Ends it at once; resolves when it is gone. */
  kill(): Promise<void>;
}

/**
 * Starts a server program: its output goes to `FOLDER/NAME.log`, it does not get the terminal's Ctrl-C,
 * and it is killed when this process ends, however that ends (on Linux by the kernel;
 * elsewhere on a normal exit, and after SIGKILL by the next run).
 */
export function startServer(name: string, file: string, args: readonly string[], folder: string): ServerProcess {
  const logFile = join(folder, `${name}.log`);
  const log = openSync(logFile, 'a');
  const child = spawnTied(file, args, { detached: true, stdio: ['ignore', log, log], cwd: folder });
  closeSync(log);
  const ended = whenEnded(child);
  if (child.pid !== undefined) appendFileSync(join(folder, processesFile), `${child.pid}\n`);
  const kill = async () => {
    child.kill('SIGKILL');
    await ended;
  };
  return { name, pid: child.pid ?? -1, logFile, ended, kill };
}

/** Like `spawn`, but the child gets a signal when this process ends. */
export function spawnTied(
  file: string,
  args: readonly string[],
  options: SpawnOptions,
  signal: 'SIGKILL' | 'SIGINT' = 'SIGKILL',
): ChildProcess {
  const child = canTieByKernel()
    ? spawn('setpriv', ['--pdeathsig', signal.slice('SIG'.length), '--', file, ...args], options)
    : spawn(file, args, options);
  const keep = atExit(() => child.kill(signal));
  child.once('exit', keep);
  return child;
}

/** The last lines of a server's output that say what went wrong, for an error message. */
export function lastWords(server: ServerProcess): string {
  const lines = readFileSync(server.logFile, 'utf8').trimEnd().split('\n');
  return lines.slice(-5).join('\n');
}

/** Resolves when the child has ended, with how, as a sentence's end: "with exit code 1". Never rejects. */
export function whenEnded(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (code, signal) => resolve(signal === null ? `with exit code ${code}` : `by ${signal}`));
  });
}

let tiesByKernel: boolean | undefined;

function canTieByKernel(): boolean {
  tiesByKernel ??=
    process.platform === 'linux' && spawnSync('setpriv', ['--pdeathsig', 'KILL', '--', 'true']).status === 0;
  return tiesByKernel;
}
