import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import test from 'ava';
import { executable, runExecutable } from './run-executable.ts';

test('its code caches are accepted, so it starts fast', async (t) => {
  const { code, stderr } = await runExecutable(['endpoints', '--server', 'https://127.0.0.1:9'], {
    SKYPORTS_DEBUG: 'code-cache',
  });
  t.is(code, 1);
  const verdicts = [...stderr.matchAll(/^code cache of (\S+): (\w+)$/gm)].map(([, part, verdict]) => [part, verdict]);
  t.true(verdicts.length > 2);
  t.deepEqual(
    verdicts.filter(([, verdict]) => verdict !== 'accepted'),
    [],
  );
});

test('Node does not parse its own list of certificate authorities', async (t) => {
  const { code, stderr } = await runExecutable(['endpoints', '--server', 'https://127.0.0.1:9'], {
    NODE_DEBUG_NATIVE: 'crypto',
    NODE_EXTRA_CA_CERTS: '',
  });
  t.is(code, 1);
  t.notRegex(stderr, /root certificates/);
});

test("what is meant for the user's own Node has no effect on it", async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'skyports-around-'));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const hook = join(folder, 'hook.cjs');
  writeFileSync(hook, 'console.log("HOOKED")');
  writeFileSync(join(folder, 'package.json'), '{"type":"module","version":"9.9.9","yargs":{"boolean-negation":true}}');
  writeFileSync(join(folder, '.npmrc'), 'node-options=--bogus');
  const plain = await runExecutable(['--help']);
  t.is(plain.code, 0);
  for (const env of [
    { NODE_OPTIONS: '--bogus' },
    { NODE_OPTIONS: `--require ${hook}` },
    { NODE_OPTIONS: '--inspect' },
    { NODE_PATH: folder },
    { NODE_COMPILE_CACHE: folder },
    { LC_ALL: 'de_DE.UTF-8' },
  ]) {
    t.deepEqual(await runExecutable(['--help'], env as Record<string, string>, folder), plain, JSON.stringify(env));
  }
});

test('it takes arguments that Node would take for its own', async (t) => {
  const { code, stdout, stderr } = await runExecutable(['--inspect']);
  t.deepEqual([code, stdout], [2, '']);
  t.regex(stderr, /unknown flag: --inspect/);
});

test('a reader that has gone is no error', async (t) => {
  // The right side closes the pipe before the left side writes to it.
  const line = '{ sleep 0.2; "$0" --help; echo "code $?" >&2; } | exec 0<&-';
  const { stderr } = await promisify(execFile)('sh', ['-c', line, executable]);
  t.is(stderr, 'code 0\n');
});
