// The tests that need more than an API server are run by scripts of their own: scripts/e2e.ts and scripts/interop.ts name
// the suite.
const apart = ['e2e', 'interop'];
const suite = process.env.SKYPORTS_SUITE;

export default {
  files: suite ? [`test/${suite}/**/*.test.ts`] : ['test/**/*.test.ts', ...apart.map((name) => `!test/${name}/**`)],
  extensions: ['ts'],
  timeout: '2m',
  concurrency: suite ? 1 : 4,
  workerThreads: false,
};
