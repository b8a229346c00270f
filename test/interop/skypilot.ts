import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { sharedCache } from '../cluster/binary-cache.ts';
import { withLock } from '../cluster/lock.ts';
import { silentProgress } from '../cluster/progress.ts';
import { cluster } from '../helpers/cluster.ts';

/** The release whose answers ours are compared with. */
export const skyPilotVersion = '0.14.1';

/** A SkyPilot release of its own, in a virtual environment in the cache; made when it is missing (some 500 MB). */
export async function installSkyPilot(version = skyPilotVersion): Promise<string> {
  const folder = join(sharedCache(process.env), `skypilot-${version}`);
  const python = join(folder, 'bin/python');
  if (existsSync(python)) return python;
  mkdirSync(dirname(folder), { recursive: true });
  const run = promisify(execFile);
  const base = await interpreter();
  await withLock(dirname(folder), silentProgress, async () => {
    if (existsSync(python)) return;
    process.stderr.write(`Installing SkyPilot ${version} (once; it takes a minute)\n`);
    // Scripts of an environment have its path in them; only the interpreter is used, so it may be moved into place.
    const partial = `${folder}.${process.pid}`;
    rmSync(partial, { recursive: true, force: true });
    await run(base, ['-m', 'venv', partial]);
    const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', `skypilot[kubernetes]==${version}`];
    await run(join(partial, 'bin/python'), pip, { maxBuffer: 64 * 1024 * 1024 });
    renameSync(partial, folder);
  });
  return python;
}

/** One release of each generation that wrote other names, selectors or paths (test/interop/older.test.ts), oldest first. */
export const olderVersions = ['0.6.1', '0.10.5', '0.11.0', '0.12.0', '0.12.3'] as const;

/**
 * The code of an older release, to be run with what the newest one needs.
 *
 * @returns the folder for PYTHONPATH
 */
export async function installOlderSkyPilot(version: string): Promise<string> {
  const python = await installSkyPilot();
  const folder = join(sharedCache(process.env), `skypilot-code-${version}`);
  if (existsSync(folder)) return folder;
  await withLock(dirname(folder), silentProgress, async () => {
    if (existsSync(folder)) return;
    const partial = `${folder}.${process.pid}`;
    const run = promisify(execFile);
    const pip = ['-m', 'pip', 'download', '--quiet', '--disable-pip-version-check', '--no-deps', '--only-binary=:all:'];
    await run(python, [...pip, '--dest', partial, `skypilot==${version}`]);
    const [wheel] = readdirSync(partial);
    await run(python, ['-m', 'zipfile', '--extract', join(partial, wheel!), partial]);
    renameSync(partial, folder);
  });
  return folder;
}

/** SkyPilot runs on Python 3.9 to 3.13. */
async function interpreter(): Promise<string> {
  for (const name of ['python3.11', 'python3.12', 'python3.10', 'python3']) {
    try {
      await promisify(execFile)(name, ['-m', 'venv', '--help']);
      return name;
    } catch {
      // The next one.
    }
  }
  throw new Error('SkyPilot needs Python: apt-get install python3 python3-venv');
}

export type PortMode = 'loadbalancer' | 'ingress' | 'podip';

export interface SkyPilotRequest {
  readonly call: 'query' | 'open' | 'cleanup' | 'down';
  /** The name on the cloud. */
  readonly cluster: string;
  readonly ports: readonly number[];
  readonly mode: PortMode;
  readonly namespace: string;
}

export interface SkyPilotAnswer {
  /** Of a query: what SkyPilot prints, by port. */
  readonly result?: Readonly<Record<string, string>> | null;
  readonly raised?: string;
}

/** SkyPilot's own code, running. */
export class SkyPilot {
  readonly #child: ChildProcess;
  readonly #answers: AsyncIterator<string>;
  #queue: Promise<unknown> = Promise.resolve();

  private constructor(child: ChildProcess) {
    this.#child = child;
    this.#answers = createInterface({ input: child.stdout! })[Symbol.asyncIterator]();
  }

  /** @param code the folder of an older release's code; default: the newest one, as it is installed */
  static async start(python: string, code?: string): Promise<SkyPilot> {
    const { temporaryFolder, adminKubeconfig } = cluster();
    const home = join(temporaryFolder, 'skypilot-home');
    mkdirSync(home, { recursive: true });
    const env = { PATH: process.env.PATH, HOME: home, KUBECONFIG: adminKubeconfig, ...(code && { PYTHONPATH: code }) };
    const bridge = join(import.meta.dirname, 'bridge.py');
    return new SkyPilot(spawn(python, [bridge], { env, stdio: ['pipe', 'pipe', 'inherit'] }));
  }

  /** One request after the other, whoever asks. */
  ask(request: SkyPilotRequest): Promise<SkyPilotAnswer> {
    const answered = this.#queue.then(async () => {
      const line = { ...request, ports: request.ports.map(String), context: 'skyports-test' };
      this.#child.stdin!.write(`${JSON.stringify(line)}\n`);
      const { value, done } = await this.#answers.next();
      if (done) throw new Error("SkyPilot's process has ended");
      return JSON.parse(value) as SkyPilotAnswer;
    });
    this.#queue = answered.catch(() => {});
    return answered;
  }

  stop(): void {
    this.#child.kill();
  }
}
