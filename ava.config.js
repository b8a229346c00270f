// Tests that need more than an API server and the executable have scripts of their own, which name the suite:
// scripts/e2e.ts, scripts/interop.ts, scripts/release-test.ts.
const apart = ['e2e', 'interop', 'release'];
const suite = process.env.SKYPORTS_SUITE;

export default {
  files: suite ? [`test/${suite}/**/*.test.ts`] : ['test/**/*.test.ts', ...apart.map((name) => `!test/${name}/**`)],
  extensions: ['ts'],
  timeout: '2m',
  concurrency: suite ? 1 : 4,
  workerThreads: false,
};
