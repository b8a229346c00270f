import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import test from 'ava';
import { pidOf } from '../node/layout.ts';
import { isOurNode } from './machine.ts';

const script = resolve(import.meta.dirname, '../../scripts/node.ts');
const names = [
  'etcd',
  'kube-apiserver',
  'kube-controller-manager',
  'kube-scheduler',
  'kubelet',
  'kube-proxy',
  'containerd',
];

if (isOurNode) {
  test('up on a node that is up changes nothing, and status says that it is', async (t) => {
    const before = names.map(pidOf);
    t.false(before.includes(undefined));
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [script, 'up']);
    t.regex(stderr, /^it is up already\n/);
    t.regex(stdout, /^export KUBECONFIG=/);
    t.deepEqual(names.map(pidOf), before);
    t.regex((await promisify(execFile)(process.execPath, [script, 'status'])).stderr, /^It is up/);
  });
}
