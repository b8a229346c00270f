import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import test from 'ava';
import { cluster, newUser, requestsOf } from '../helpers/cluster.ts';
import { skyports } from '../helpers/run-skyports.ts';
import { skyLoadBalancer, skyNames, skyPod } from '../helpers/skypilot-objects.ts';
import { make, powerfulUser, withSkyCluster } from '../helpers/world.ts';

/** What `kubectl skyports WORDS<TAB>` offers: values without descriptions, then the directive. */
async function offered(kubeconfig: string, ...words: string[]): Promise<string> {
  // The usual 300 ms are for people; a busy machine needs longer.
  const env = { SKYPORTS_COMPLETION_TIMEOUT: '2m' };
  const { code, stdout, stderr } = await skyports(['__complete', ...words], { kubeconfig, env });
  if (code !== 0 || stderr !== '') throw new Error(`exit code ${code}: ${stderr}`);
  return stdout
    .trimEnd()
    .split('\n')
    .map((line) => line.split('\t')[0])
    .join(' ');
}

test('names of SkyPilot clusters and their ports, in the namespace that is typed', async (t) => {
  const names = await withSkyCluster('train');
  const { namespace } = names;
  const other = skyNames(namespace, 'tree');
  const pod = skyPod(other);
  pod.spec!.containers = [
    { name: 'ray-node', image: 'example.invalid/image', ports: [{ containerPort: 8888 }, { containerPort: 7860 }] },
  ];
  await make(pod, skyLoadBalancer(names, [8888, 6006]), skyLoadBalancer(other, [7860]));
  const { kubeconfig } = await powerfulUser(namespace);
  t.is(await offered(kubeconfig, 'endpoints', ''), 'train tree :4');
  t.is(await offered(kubeconfig, 'endpoints', 'train', ''), 'tree :4', 'a name is offered once');
  t.is(await offered(kubeconfig, 'doctor', 'trai'), 'train :4');
  t.is(await offered(kubeconfig, 'doctor', '-n', 'kube-system', 'trai'), ':4');
  t.is(await offered(kubeconfig, 'doctor', 'train', ''), '6006 8888 :4');
  t.is(await offered(kubeconfig, 'doctor', 'train', '8888', ''), '6006 :4');
  t.is(await offered(kubeconfig, 'endpoints', '--port', ''), '6006 7860 8888 :4');
  t.is(await offered(kubeconfig, 'expose', 'tree', ''), '8888 :4', 'what is open is not offered');
  t.is(await offered(kubeconfig, 'unexpose', 'train', ''), ':4', "SkyPilot's own are not ours to close");
  await skyports(['expose', 'train', '9000', '--wait=0'], { kubeconfig });
  t.is(await offered(kubeconfig, 'unexpose', 'train', ''), '9000 :4');
  const namespaces = await offered(kubeconfig, 'endpoints', '-n', namespace.slice(0, -1));
  t.true(namespaces.split(' ').includes(namespace), namespaces);
  t.is(await offered(kubeconfig, 'annotate', '--node', 'sky-n'), 'sky-node :4');
  t.is(await offered(kubeconfig, 'expose', '--ingress-class', 'ngin'), 'nginx :4');
});

test('a name costs one list of metadata, with the flags of the connection as they are typed', async (t) => {
  const names = await withSkyCluster('train');
  const user = await newUser(names.namespace, { rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['list'] }] });
  t.is(await offered('', 'endpoints', '--kubeconfig', user.kubeconfig, ''), 'train :4');
  const requests = await requestsOf(user.name);
  t.deepEqual(
    requests.map(({ verb, resource }) => `${verb} ${resource}`),
    ['list pods'],
  );
});

test('contexts, clusters and users come from the kubeconfig alone', async (t) => {
  const kubeconfig = join(cluster().temporaryFolder, 'complete.kubeconfig');
  const contexts = ['dev', 'prod'].map((name) => ({ name, context: { cluster: `c-${name}`, user: 'me' } }));
  writeFileSync(kubeconfig, JSON.stringify({ contexts, clusters: [], users: [], 'current-context': 'dev' }));
  const withServer = { ...JSON.parse(readFileSync(kubeconfig, 'utf8')) };
  withServer.clusters = [{ name: 'c-dev', cluster: { server: 'https://127.0.0.1:1' } }];
  withServer.users = [{ name: 'me', user: {} }];
  writeFileSync(kubeconfig, JSON.stringify(withServer));
  t.is(await offered(kubeconfig, 'endpoints', '--context', ''), 'dev prod :4');
  t.is(await offered(kubeconfig, 'endpoints', '--cluster', ''), 'c-dev c-prod :4');
  t.is(await offered(kubeconfig, 'endpoints', '--user', ''), 'me :4');
});

test('commands, flags, values, checks and files need no cluster', async (t) => {
  t.is(await offered('', 'exp'), 'expose :4');
  t.is(await offered('', 'help', 'doc'), 'doctor :4');
  t.is(await offered('', 'doctor', '--fail'), '--fail-on :4');
  t.is(await offered('', 'doctor', '--fail-on='), 'error warning never :4');
  t.is(await offered('', 'endpoints', '-o', 'j'), 'json jsonpath= :6');
  t.is(await offered('', 'doctor', '--explain', 'podip'), 'podip-reachable :4');
  t.is(await offered('', 'doctor', '-f', ''), ':0');
  t.is(await offered('', 'completion', ''), 'kubectl bash zsh fish powershell :4');
  t.is(await offered('', 'nonsense', ''), ':4');
  t.is(await offered('', '--context', 'x', 'endpoints', '--nonsense', ''), ':4');
});

test('what is offered depends on the words before', async (t) => {
  t.is(await offered('', 'config', 'set-ports', ''), 'loadbalancer ingress podip :4');
  t.is(await offered('', 'config', 'scheme', ''), 'internal public :4');
  t.is(await offered('', 'config', 'get', ''), ':4');
  t.regex(await offered('', 'expose', 'train', '8888', '--platform', 'mi'), /^minikube microk8s minikube-tunnel :4$/);
  t.is(await offered('', 'help', 'rec'), 'recipes :4');
  t.is(await offered('', 'help', 'apps', 'tri'), 'triton :4');
  t.is(await offered('', 'help', 'platforms', 'rk'), 'rke2 :4');
  t.is(await offered('', 'help', 'apps', 'triton', ''), ':4');
  t.is(await offered('', 'endpoints', '--state', 'Re'), 'Ready :4');
  t.is(await offered('', 'expose', '--help='), 'all false :4');
  t.regex(await offered('', 'doctor', '--only', 'ingress'), / ingress :4$/, 'a group');
  t.notRegex(
    await offered('', 'doctor', '--explain', 'ingress'),
    / ingress :4$/,
    'one check has a page, a group has none',
  );
});

test('annotate offers the addresses that it proposes, by one list of nodes', async (t) => {
  const { namespace } = await withSkyCluster('train');
  const user = await powerfulUser(namespace);
  t.regex(await offered(user.kubeconfig, 'annotate', ''), /^203\.0\.113\.11 .*10\.0\.0\.11.* :4$/);
  const requests = await requestsOf(user.name);
  t.deepEqual(
    requests.map(({ verb, resource }) => `${verb} ${resource}`),
    ['list nodes'],
  );
});

test('where there is no kubeconfig, no server, and where a server never answers, nothing is offered and nothing said', async (t) => {
  t.is(await offered('', 'endpoints', ''), ':4');
  t.is(await offered('', 'endpoints', '--server', 'https://127.0.0.1:1', ''), ':4');
  const silent = createServer(() => {});
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  t.teardown(() => silent.close());
  const { port } = silent.address() as { port: number };
  const words = ['__complete', 'endpoints', '--server', `http://127.0.0.1:${port}`, ''];
  t.is((await skyports(words, { kubeconfig: '' })).stdout, ':4\n');
});

test('a credential plugin is not heard', async (t) => {
  const kubeconfig = join(cluster().temporaryFolder, 'complete-plugin.kubeconfig');
  const exec = {
    apiVersion: 'client.authentication.k8s.io/v1',
    command: '/bin/sh',
    args: ['-c', 'echo please log in >&2; exit 1'],
    interactiveMode: 'IfAvailable',
  };
  writeFileSync(
    kubeconfig,
    JSON.stringify({
      'current-context': 'x',
      clusters: [{ name: 'c', cluster: { server: cluster().server, 'insecure-skip-tls-verify': true } }],
      users: [{ name: 'u', user: { exec } }],
      contexts: [{ name: 'x', context: { cluster: 'c', user: 'u' } }],
    }),
  );
  t.is(await offered(kubeconfig, 'endpoints', ''), ':4');
});
