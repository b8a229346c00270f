import { execFileSync, spawn } from 'node:child_process';
import { chmodSync, lstatSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import test from 'ava';
import { cluster, until } from '../helpers/cluster.ts';
import { skyports } from '../helpers/run-skyports.ts';
import { withSkyCluster } from '../helpers/world.ts';

test('doctor --save leaves a device, a pipe or /dev/stdout as it is', async (t) => {
  const { namespace } = await withSkyCluster('train');
  const fifo = join(mkdtempSync(join(cluster().temporaryFolder, 'odd-')), 'fifo');
  execFileSync('mkfifo', [fifo]);
  // A pipe takes a text only while somebody reads it.
  const reader = spawn('cat', [fifo], { stdio: 'ignore' });
  const read = new Promise((resolve) => reader.once('exit', resolve));
  await skyports(['doctor', 'train', '--probe=false', '--save', fifo, '-n', namespace]);
  t.is(await read, 0);
  t.true(lstatSync(fifo).isFIFO());
});

test('Ctrl-C at the question is an interruption, not a fault of the plugin', async (t) => {
  const { namespace } = await withSkyCluster('train');
  await skyports(['expose', 'train', '80', '--mode', 'nodeport', '--wait=0', '-n', namespace]);
  const answer = () => {
    // What node:readline rejects with, on Ctrl-D too.
    throw Object.assign(new Error('Aborted with Ctrl+C'), { name: 'AbortError', code: 'ABORT_ERR' });
  };
  const { code, stderr } = await skyports(['unexpose', 'train', '-n', namespace], { answer });
  t.notRegex(stderr, /bug in kubectl-skyports/);
  t.is(code, 130);
});

test('what a hanging credential plugin has started ends with the command', async (t) => {
  const folder = mkdtempSync(join(cluster().temporaryFolder, 'odd-'));
  const [plugin, pidFile, kubeconfig] = ['plugin', 'pid', 'kubeconfig'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  writeFileSync(plugin, `#!/bin/sh\nsleep 3600 &\necho $! > ${pidFile}\nwait\n`);
  chmodSync(plugin, 0o755);
  const { server, certificateAuthority } = cluster();
  const exec = { apiVersion: 'client.authentication.k8s.io/v1', command: plugin, interactiveMode: 'Never' };
  const config = {
    ...{ apiVersion: 'v1', kind: 'Config', 'current-context': 'c' },
    clusters: [{ name: 'c', cluster: { server, 'certificate-authority': certificateAuthority } }],
    users: [{ name: 'u', user: { exec } }],
    contexts: [{ name: 'c', context: { cluster: 'c', user: 'u' } }],
  };
  writeFileSync(kubeconfig, JSON.stringify(config));
  const child = spawn(process.env.SKYPORTS_EXECUTABLE!, ['endpoints'], {
    env: { ...process.env, KUBECONFIG: kubeconfig },
    stdio: 'ignore',
  });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  await until('the plugin runs', async () => lstatSync(pidFile, { throwIfNoEntry: false }) !== undefined);
  await delay(100);
  child.kill('SIGINT');
  t.is(await ended, 130);
  const pid = Number(readFileSync(pidFile, 'utf8'));
  const isAlive = () => {
    try {
      // What has ended stays as a zombie until its parent has asked for its exit code.
      return !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
    } catch {
      return false;
    }
  };
  t.teardown(() => isAlive() && process.kill(pid, 'SIGKILL'));
  await until('what the plugin has started ends', () => !isAlive());
  t.false(isAlive());
});
