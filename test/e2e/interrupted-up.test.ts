import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import test from 'ava';
import { isUp, pidOf } from '../node/layout.ts';
import { signal } from '../node/processes.ts';
import { isOurNode, pasted } from './machine.ts';

const script = resolve(import.meta.dirname, '../../scripts/node.ts');

if (isOurNode) {
  test('what an up that was killed has left is cleaned by the next one', async (t) => {
    const node = (command: string) => promisify(execFile)(process.execPath, [script, command]);
    await node('down');
    const killed = spawn(process.execPath, [script, 'up'], { stdio: ['ignore', 'ignore', 'pipe'] });
    for await (const line of createInterface({ input: killed.stderr! })) {
      if (line.endsWith('the control plane works')) break;
    }
    killed.kill('SIGKILL');
    await once(killed, 'exit');
    t.false(isUp());
    const left = ['etcd', 'kube-apiserver', 'containerd'].map((name) => pidOf(name)!);
    t.true(
      left.every((pid) => signal(pid, 0)),
      'there is something to clean up',
    );
    await node('up');
    t.true(isUp());
    t.false(
      left.some((pid) => signal(pid, 0)),
      'nothing of it runs on',
    );
    t.regex(await pasted('kubectl get nodes'), / Ready /);
  });
}
