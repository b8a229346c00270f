import test from 'ava';
import { Failure } from '../../src/errors/failure.ts';
import { Journal } from '../../src/kubernetes/changes/journal.ts';
import { admin, newNamespace } from '../helpers/cluster.ts';
import { skyports } from '../helpers/run-skyports.ts';
import { withSkyCluster } from '../helpers/world.ts';
import { failure, proxy } from './proxy.ts';
import { makeOrphan } from './site.ts';

const expose = ['expose', 'train', '8888', '--wait=0', '--mode'];

test('an object that was removed again is not called left behind because the answer was lost', async (t) => {
  const { namespace } = await withSkyCluster('train');
  const { kubeconfig, close } = await proxy(namespace, async ({ method, path, answer, pass, drop }) => {
    if (method === 'PATCH' && path.includes('/ingresses/')) return answer(500, failure(500, 'etcd is full'));
    if (method !== 'DELETE') return undefined;
    await pass();
    return drop();
  });
  const { stderr } = await skyports([...expose, 'ingress'], { kubeconfig });
  close();
  t.deepEqual((await admin('GET', `/api/v1/namespaces/${namespace}/services`)).items, []);
  t.notRegex(stderr, /left behind/);
});

test('a write that was done before 503 with Retry-After is reported when it is repeated', async (t) => {
  const { namespace } = await withSkyCluster('train');
  let writes = 0;
  const { kubeconfig, close } = await proxy(namespace, async ({ method, answer, pass }) => {
    if (method !== 'PATCH' || ++writes > 1) return undefined;
    await pass();
    return answer(503, failure(503, 'busy'), { 'retry-after': '0' });
  });
  const { stderr } = await skyports([...expose, 'nodeport'], { kubeconfig });
  close();
  t.regex(stderr, /service\/train-2ea485ef--skyports-nodeport created/);
});

test('a removal that was the last one and whose answer was lost does not promise that the same command finds something', async (t) => {
  const namespace = await newNamespace();
  await makeOrphan({ namespace }, 'gone');
  let isRemoved = false;
  const { kubeconfig, close } = await proxy(namespace, async ({ method, pass, drop }) => {
    if (method === 'DELETE') {
      await pass();
      isRemoved = true;
    }
    return isRemoved ? drop() : undefined;
  });
  const first = await skyports(['unexpose', 'gone', '-y'], { kubeconfig });
  close();
  t.regex(first.stderr, /\nif it still exists, the same command again finishes it\n/);
  const second = await skyports(['unexpose', 'gone', '-y', '-n', namespace]);
  t.is(second.code, 2);
  t.regex(second.stderr, /there is no SkyPilot cluster "gone"/);
});

test('what was not done is named in full', (t) => {
  const names = Array.from({ length: 120 }, (_, i) => `a-rather-long-name-of-a-cluster-${i}-2ea485ef--skyports-lb`);
  const changes = names.map((name) => ({ kind: 'Service', namespace: 'n', name, effect: 'deleted' }) as const);
  const journal = new Journal(() => {});
  journal.expect(changes);
  journal.done(changes[0]!);
  const { details } = journal.closing(new Failure('refused', 'no', [])) as Failure;
  for (const name of names) t.true(details.some((line) => line.includes(name)));
  t.true(details.every((line) => line.length < 200));
});
