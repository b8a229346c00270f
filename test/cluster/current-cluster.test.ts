import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import test from 'ava';

test('a test that was not started by npm test is told how to start it', async (t) => {
  const { SKYPORTS_TEST_CLUSTER: _, ...env } = process.env;
  const script = `(await import(${JSON.stringify(join(import.meta.dirname, 'current-cluster.ts'))})).cluster()`;
  const run = promisify(execFile)(process.execPath, ['--input-type=module', '--eval', script], { env });
  const error = await t.throwsAsync(run);
  t.regex(error.message, /This test needs a cluster and SKYPORTS_TEST_CLUSTER names none: npm test -- FILE/);
});
