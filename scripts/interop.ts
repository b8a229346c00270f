// npm run interop [-- AVA'S ARGUMENTS]: tests the plugin together with SkyPilot's own code, on a real API server. If
// SkyPilot is missing, the script installs it into the cache.

import { join, resolve } from 'node:path';
import { runWithCluster } from '../test/cluster/run-with-cluster.ts';
import { installSkyPilot } from '../test/interop/skypilot.ts';
import { buildHost } from './bundle/build-host.ts';

const root = resolve(import.meta.dirname, '..');

try {
  await installSkyPilot();
  await buildHost();
  process.exitCode = await runWithCluster(async () => ({
    file: process.execPath,
    args: [join(root, 'node_modules/ava/entrypoints/cli.js'), ...process.argv.slice(2)],
    environment: { ...process.env, SKYPORTS_SUITE: 'interop' },
  }));
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
  process.exit(1);
}
