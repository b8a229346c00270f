import { execFile } from 'node:child_process';
import { cpus, release, totalmem, type } from 'node:os';
import { promisify } from 'node:util';

/** The parts of the machine that the figures depend on. None of them identifies the machine. */
export interface Machine {
  readonly processor: string;
  readonly cores: number;
  readonly memoryGiB: number;
  readonly system: string;
  readonly node: string;
  readonly kubectl: string;
  readonly date: string;
}

/** This machine, with the given kubectl. */
export async function describeMachine(kubectl: string): Promise<Machine> {
  const { stdout } = await promisify(execFile)(kubectl, ['version', '--client', '-o', 'json']);
  const [processor] = cpus();
  return {
    processor: processor?.model.trim() ?? 'unknown',
    cores: cpus().length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    system: `${type()} ${release().replace(/-.*/, '')} ${process.arch}`,
    node: process.version,
    kubectl: JSON.parse(stdout).clientVersion.gitVersion,
    date: new Date().toISOString().slice(0, 10),
  };
}
