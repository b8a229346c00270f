import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { startCluster } from './start.ts';

/** Programs of which etcd ends at once with `lastWords`; `starts` has the arguments of each time that it was started. */
function failing(t: ExecutionContext, lastWords: string) {
  const folder = mkdtempSync(join(tmpdir(), 'skyports-programs-'));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const write = (name: string, script: string): string => {
    writeFileSync(join(folder, name), `#!/bin/sh\n${script}\n`);
    chmodSync(join(folder, name), 0o755);
    return join(folder, name);
  };
  const log = join(folder, 'starts');
  const waits = write('waits', 'exec sleep 1000');
  const programs = {
    etcd: write('etcd', `echo "$*" >> ${log}; echo '${lastWords}'; exit 1`),
    'kube-apiserver': waits,
    'kube-controller-manager': waits,
    kubectl: waits,
  };
  return { programs, starts: () => readFileSync(log, 'utf8').trim().split('\n') };
}

const ownFolders = () => readdirSync(tmpdir()).filter((name) => name.includes(`.${process.pid}.`));

test.serial('a port that was taken meanwhile costs another try with other ports', async (t) => {
  const { programs, starts } = failing(t, 'listen tcp 127.0.0.1:2379: bind: address already in use');
  await t.throwsAsync(startCluster(programs), {
    message: /did not start: etcd ended with exit code 1.*already in use/s,
  });
  const ports = starts().map((args) => /--listen-client-urls=(\S+)/.exec(args)?.[1]);
  t.is(ports.length, 5);
  t.is(new Set(ports).size, 5);
  t.deepEqual(ownFolders(), []);
});

test.serial('a program that fails for another reason is not tried again, and its last words are told', async (t) => {
  const { programs, starts } = failing(t, 'no space left on device');
  await t.throwsAsync(startCluster(programs), {
    message: /etcd ended with exit code 1; it said:\nno space left on device$/,
  });
  t.is(starts().length, 1);
  t.deepEqual(ownFolders(), []);
});
