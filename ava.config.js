import { availableParallelism, totalmem } from 'node:os';

// Tests that need more than an API server and the executable have scripts of their own, which name the suite:
// scripts/e2e.ts, scripts/interop.ts, scripts/release-test.ts.
const apart = ['e2e', 'interop', 'release'];
const suite = process.env.SKYPORTS_SUITE;

/**
 * How many test files run at the same time. Most tests wait for the API server, so each core takes two. A file with what
 * it starts takes up to 1 GiB, and as much is left for the API server. Beyond four files, the API server is the limit.
 */
const filesAtOnce = Math.max(1, Math.min(4, 2 * availableParallelism(), Math.floor(totalmem() / 2 ** 30) - 1));

export default {
  files: suite ? [`test/${suite}/**/*.test.ts`] : ['test/**/*.test.ts', ...apart.map((name) => `!test/${name}/**`)],
  extensions: ['ts'],
  // How long no test may end. It only ends a run that hangs: a slow machine needs minutes for a long test.
  timeout: '10m',
  concurrency: suite ? 1 : filesAtOnce,
  workerThreads: false,
};
