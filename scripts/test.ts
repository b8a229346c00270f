// npm test [-- AVA'S ARGUMENTS]: builds the executable, starts one cluster, runs AVA on it, stops everything.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { whenEnded } from '../test/cluster/processes.ts';
import { runWithCluster } from '../test/cluster/run-with-cluster.ts';

const root = resolve(import.meta.dirname, '..');

try {
  process.exitCode = await runWithCluster(async () => ({
    file: process.execPath,
    args: [join(root, 'node_modules/ava/entrypoints/cli.js'), ...process.argv.slice(2)],
    environment: { ...process.env, SKYPORTS_PROBE: 'false', SKYPORTS_EXECUTABLE: await executable() },
  }));
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
  process.exit(1);
}

/** The executable under test: the one that `SKYPORTS_EXECUTABLE` names, else built now. */
async function executable(): Promise<string> {
  const given = process.env.SKYPORTS_EXECUTABLE;
  if (given && existsSync(given)) return resolve(given);
  const script = join(root, 'scripts/build.ts');
  if (existsSync(script)) {
    const build = spawn(process.execPath, [script], { cwd: root, stdio: ['ignore', process.stderr, process.stderr] });
    const end = await whenEnded(build);
    if (end !== 'with exit code 0') throw new Error(`The executable could not be built: npm run build ended ${end}.`);
  }
  return join(root, 'dist/kubectl-skyports');
}
