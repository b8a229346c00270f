// npm run release-test [-- AVA'S ARGUMENTS]: builds a whole release twice, and tests its files in the form that users get:
// executables of five platforms, archives, the npm package, an installation with krew. The tests use a real API server.

import { join, resolve } from 'node:path';
import { runWithCluster } from '../test/cluster/run-with-cluster.ts';

const root = resolve(import.meta.dirname, '..');

try {
  process.exitCode = await runWithCluster(async () => ({
    file: process.execPath,
    args: [join(root, 'node_modules/ava/entrypoints/cli.js'), ...process.argv.slice(2)],
    environment: { ...process.env, SKYPORTS_PROBE: 'false', SKYPORTS_SUITE: 'release' },
  }));
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
  process.exit(1);
}
