import test from 'ava';
import { newNamespace, newUser, requestsOf } from '../helpers/cluster.ts';
import { deadServerKubeconfig } from '../helpers/dead-server.ts';
import { skyports } from '../helpers/run-skyports.ts';
import { skyLoadBalancer } from '../helpers/skypilot-objects.ts';
import { make, powerfulUser, withSkyCluster } from '../helpers/world.ts';

const read = ['get', 'list', 'watch'];
const everythingOfOne = [
  { apiGroups: [''], resources: ['pods', 'services', 'events'], verbs: read },
  { apiGroups: ['networking.k8s.io'], resources: ['ingresses'], verbs: read },
  { apiGroups: ['discovery.k8s.io'], resources: ['endpointslices'], verbs: read },
];

test('without a name the whole context is judged; -n and a name choose a namespace', async (t) => {
  const names = await withSkyCluster('pending');
  await make(skyLoadBalancer(names, [8888]));
  const elsewhere = await powerfulUser(await newNamespace());
  const judged = async (...args: string[]) => {
    const { stdout, stderr } = await skyports(['doctor', ...args, '-o', 'json'], { kubeconfig: elsewhere.kubeconfig });
    const { metadata, checks } = JSON.parse(stdout || '{"metadata":{},"checks":[]}');
    const found = JSON.stringify(checks).includes(`${names.namespace}`);
    return { namespace: metadata.namespace, found, stderr };
  };
  t.deepEqual(await judged(), { namespace: null, found: true, stderr: '' });
  t.deepEqual(await judged('-n', names.namespace), { namespace: names.namespace, found: true, stderr: '' });
  t.deepEqual(await judged('-n', 'default'), { namespace: 'default', found: false, stderr: '' });
  t.is((await judged('pending', '-n', names.namespace)).namespace, names.namespace);
});

test('who may not list the whole context gets the own namespace, is told so, and asks no list twice', async (t) => {
  const names = await withSkyCluster();
  await make(skyLoadBalancer(names, [8888]));
  const user = await newUser(names.namespace, { rules: everythingOfOne });
  const { code, stdout, stderr } = await skyports(['doctor', '-o', 'json'], { kubeconfig: user.kubeconfig });
  t.is(JSON.parse(stdout).metadata.namespace, names.namespace);
  t.is(code, 0, stdout);
  t.regex(stderr, new RegExp(`^warning: .*only namespace ${names.namespace} \\(-n NAMESPACE checks another\\)\n$`));
  const lists = (await requestsOf(user.name)).filter(({ verb }) => verb === 'list').map(({ uri }) => uri);
  // Both rounds; one alone has 16 at most.
  t.true(lists.length <= 24, `${lists.length}`);
  t.deepEqual([...new Set(lists)].length, lists.length);
  const asksMost = ['doctor', '--mode', 'ingress', '--ingress-service', `${names.namespace}/none`, '-o', 'json'];
  await skyports(asksMost, { kubeconfig: user.kubeconfig });
  const more = (await requestsOf(user.name)).filter(({ verb }) => verb === 'list').slice(lists.length);
  t.true(more.length <= 24, `${more.length}`);
  t.deepEqual(new Set(more.map(({ uri }) => uri)).size, more.length);
  const all = await skyports(['doctor', '-A', '-o', 'json'], { kubeconfig: user.kubeconfig });
  t.is(JSON.parse(all.stdout).metadata.namespace, null);
});

test('a server that is not there is the root cause, whatever was asked about', async (t) => {
  const kubeconfig = deadServerKubeconfig();
  for (const args of [[], ['train'], ['train', '8888'], ['--mode', 'ingress']]) {
    const { code, stdout, stderr } = await skyports(['doctor', ...args, '-o', 'json'], { kubeconfig });
    t.is(code, 4, stderr);
    const { rootCauses, outcome, metadata } = JSON.parse(stdout);
    t.deepEqual(rootCauses, ['api-server-answers']);
    t.is(outcome, 'problems');
    t.is(metadata.subject?.skyCluster, args[0] === 'train' ? 'train' : undefined);
  }
  const { stdout } = await skyports(['doctor'], { kubeconfig });
  t.regex(stdout, /loadbalancer: cannot tell, because the API server did not answer/);
  t.notRegex(stdout, /: no, because/);
});

test('a name that Pods alone could confirm is judged as it was typed, and not known', async (t) => {
  const namespace = await newNamespace();
  const user = await newUser(namespace, { rules: everythingOfOne.slice(1) });
  const { code, stdout } = await skyports(['doctor', 'train', '-o', 'json'], { kubeconfig: user.kubeconfig });
  const { metadata, checks } = JSON.parse(stdout);
  t.is(code, 4, 'pods may not be listed');
  t.is(metadata.subject.skyCluster, 'train');
  t.is(checks.find(({ id }: { id: string }) => id === 'head-pod-exists').outcome === 'pass', false);
});

test('the flags of this call stand in its cures', async (t) => {
  const names = await withSkyCluster('pasted');
  await make(skyLoadBalancer(names, [8888]));
  const user = await powerfulUser(names.namespace);
  const { stdout } = await skyports(['doctor', 'pasted', '--kubeconfig', user.kubeconfig], { kubeconfig: '' });
  t.true(stdout.includes(`kubectl skyports endpoints --kubeconfig ${user.kubeconfig} pasted --wait`), stdout);
  t.true(stdout.includes(`kubectl skyports forward --kubeconfig ${user.kubeconfig} pasted`), stdout);
});
