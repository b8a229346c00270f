import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { findPrograms } from './binaries.ts';
import { clusterVariable } from './cluster-description.ts';
import { exitCodeOf, Interruption } from './interruption.ts';
import { spawnTied } from './processes.ts';
import { startCluster } from './start.ts';

/** What to run while a cluster is there. */
export interface ClusterCommand {
  readonly file: string;
  readonly args: readonly string[];
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/**
 * Starts a cluster and, at the same time, prepares the command; then runs it with this process's standard streams
 * and the cluster's description file in the environment, and stops the cluster.
 *
 * Resolves to the command's exit code. Throws when the cluster or the command cannot be started;
 * says on stderr when the cluster dies during the run.
 */
export async function runWithCluster(prepare: () => Promise<ClusterCommand>): Promise<number> {
  const interruption = new Interruption();
  const [command, cluster] = await Promise.all([prepare(), findPrograms().then(startCluster)]);
  cluster.failed.then((problem) => process.stderr.write(`The test cluster broke during the run: ${problem}\n`));
  const env = { ...command.environment, [clusterVariable]: cluster.descriptionFile };
  // SIGINT and not SIGKILL: AVA ends its workers on the one, and leaves them behind on the other.
  const child = spawnTied(command.file, command.args, { stdio: 'inherit', env }, 'SIGINT');
  interruption.before = async () => {
    child.kill('SIGINT');
    await Promise.race([once(child, 'exit'), sleep(2000)]);
    child.kill('SIGKILL');
  };
  const code = await exitCode(child);
  await cluster.stop();
  return code;
}

function exitCode(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => resolve(code ?? exitCodeOf(signal ?? '')));
  });
}
