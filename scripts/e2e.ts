// npm run e2e [-- AVA'S ARGUMENTS]: tests on a real node, from a second machine beside it. The tests use the cluster of
// E2E_KUBECONFIG. Without this variable, they use the node of test/node. This script creates the node, and removes it after
// the tests, unless the node existed before.
// npm run e2e -- apps [AVA'S ARGUMENTS]: all apps in a browser. Without "apps", the other tests and a few apps.

import { spawn } from 'node:child_process';
import { join, resolve } from 'node:path';
import { whenEnded } from '../test/cluster/processes.ts';
import { down } from '../test/node/down.ts';
import { isUp } from '../test/node/layout.ts';
import { whyNoNode } from '../test/node/requirements.ts';
import { up } from '../test/node/up.ts';

const root = resolve(import.meta.dirname, '..');
const say = (text: string) => process.stderr.write(`${text}\n`);

try {
  const obstacle = process.env.E2E_KUBECONFIG ? undefined : whyNoNode();
  if (obstacle === undefined) process.exitCode = await test();
  else {
    say(`No test end to end was run on this machine: ${obstacle}. E2E_KUBECONFIG names another cluster.`);
    process.stdout.write('0 passed, 0 failed, 1 skipped\n');
  }
} catch (error) {
  say(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}

async function test(): Promise<number> {
  const isOurs = !process.env.E2E_KUBECONFIG && !isUp();
  if (isOurs) await up(say);
  try {
    await ended(spawn(process.execPath, [join(root, 'scripts/build.ts')], { cwd: root, stdio: 'inherit' }));
    const [first, ...rest] = process.argv.slice(2);
    const given = first === 'apps' ? ['test/e2e/apps.test.ts', ...rest] : process.argv.slice(2);
    const args = [join(root, 'node_modules/ava/entrypoints/cli.js'), '--serial', ...given];
    const env = { ...process.env, SKYPORTS_SUITE: 'e2e', ...(first === 'apps' && { SKYPORTS_APPS: 'all' }) };
    return await ended(spawn(process.execPath, args, { cwd: root, env, stdio: 'inherit' }));
  } finally {
    if (isOurs) await down();
  }
}

async function ended(child: ReturnType<typeof spawn>): Promise<number> {
  return (await whenEnded(child)) === 'with exit code 0' ? 0 : 1;
}
