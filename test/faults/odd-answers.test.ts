import test from 'ava';
import { admin, type Json } from '../helpers/cluster.ts';
import { skyports } from '../helpers/run-skyports.ts';
import { skyLoadBalancer } from '../helpers/skypilot-objects.ts';
import { make, withSkyCluster } from '../helpers/world.ts';
import { type Asked, failure, proxy } from './proxy.ts';

const isPods = ({ method, path }: Asked) => method === 'GET' && /\/namespaces\/[^/]+\/pods$/.test(path);

const lies: Record<string, (list: Json) => object> = {
  'a list of metadata that was not asked for': () => ({ kind: 'PartialObjectMetadataList', metadata: {}, items: null }),
  'a continue that is no text': (list) => ({ ...list, items: [], metadata: { continue: 7 } }),
  'metadata that is a text': (list) => ({ ...list, items: [], metadata: 'x' }),
};

for (const [name, lie] of Object.entries(lies)) {
  test(`${name} is not an empty list of Pods`, async (t) => {
    const names = await withSkyCluster('train');
    await make(skyLoadBalancer(names, [80], { ip: '203.0.113.9' }));
    const { kubeconfig, close } = await proxy(names.namespace, async (asked) =>
      isPods(asked) ? asked.answer(200, lie((await asked.pass()).value)) : undefined,
    );
    const { code, stdout, stderr } = await skyports(['endpoints'], { kubeconfig });
    close();
    t.is(code, 1, stdout + stderr);
    t.regex(stderr, /unexpected response from the server/);
  });
}

test('objects of another namespace than the one asked for do not lead to a write there', async (t) => {
  const { namespace } = await withSkyCluster('train');
  const other = await withSkyCluster('other');
  const { kubeconfig, close } = await proxy(namespace, async (asked) => {
    if (!isPods(asked)) return undefined;
    const { value } = await asked.pass();
    for (const { metadata } of value.items) metadata.namespace = other.namespace;
    return asked.answer(200, value);
  });
  const args = ['expose', 'train', '8888', '--mode', 'nodeport', '--wait=0', '-n', namespace];
  const { code } = await skyports(args, { kubeconfig });
  close();
  t.deepEqual((await admin('GET', `/api/v1/namespaces/${other.namespace}/services`)).items, []);
  t.is(code, 1);
});

test('a list whose pages always expire is not asked for without end', async (t) => {
  const { namespace } = await withSkyCluster('train');
  const gone = { ...failure(410, 'too old'), reason: 'Expired' };
  const { kubeconfig, requests, close } = await proxy(namespace, async (asked) => {
    if (!isPods(asked)) return undefined;
    if (asked.url.includes('continue=')) return requests.length > 100 ? asked.drop() : asked.answer(410, gone);
    const { value } = await asked.pass();
    return asked.answer(200, { ...value, metadata: { ...value.metadata, continue: 'abc' } });
  });
  await skyports(['endpoints'], { kubeconfig });
  close();
  t.true(requests.length < 50, `${requests.length} requests`);
});
