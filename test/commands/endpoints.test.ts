import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { parseAllDocuments } from 'yaml';
import { admin, cluster, create, type Json, newNamespace, newUser, requestsOf, until } from '../helpers/cluster.ts';
import { skyports, startSkyports } from '../helpers/run-skyports.ts';
import {
  skyIngress,
  skyInternalServices,
  skyLoadBalancer,
  skyNames,
  skyPod,
  skyPortService,
} from '../helpers/skypilot-objects.ts';
import {
  controllerAddress,
  giveAddress,
  make,
  makeIngressNginx,
  powerfulUser,
  untilBackendReady,
  withSkyCluster,
} from '../helpers/world.ts';

/** The Role that SkyPilot's documentation calls minimal: no ingresses, ingressclasses or endpointslices (docs, kubernetes.rst). */
const minimalRules = [{ apiGroups: [''], resources: ['pods', 'services'], verbs: ['get', 'list', 'watch'] }];

test('lists what SkyPilot opened, in every mode, with its state', async (t) => {
  const names = await withSkyCluster();
  const { namespace, nameOnCloud } = names;
  await makeIngressNginx();
  const serve = skyNames(namespace, 'serve.llm');
  await make(
    ...skyInternalServices(names),
    skyLoadBalancer(names, [8888], { ip: '203.0.113.80' }),
    skyPod(serve),
    skyPortService(serve, 8000),
    skyIngress(serve, [8000]),
  );
  await untilBackendReady(namespace, `${nameOnCloud}--skypilot-lb`);
  await untilBackendReady(namespace, `${serve.nameOnCloud}--skypilot-svc--8000`);
  const { code, stdout, stderr } = await skyports(['-n', namespace, 'endpoints', '-o', 'json']);
  t.is(code, 0, stderr);
  const list = JSON.parse(stdout);
  t.deepEqual(
    list.items.map(({ skyCluster, port, mode, url, state, managedBy }: Record<string, unknown>) => [
      skyCluster,
      port,
      mode,
      url,
      state,
      managedBy,
    ]),
    [
      [
        'serve.llm',
        8000,
        'ingress',
        `http://${controllerAddress}/skypilot/${namespace}/serve-llm-2ea485ef/8000/`,
        'Ready',
        'skypilot',
      ],
      ['train', 8888, 'loadbalancer', 'http://203.0.113.80:8888', 'Ready', 'skypilot'],
    ],
  );
  t.deepEqual(list.metadata, { context: 'skyports-test', namespace, unobserved: [] });
  const sky = await skyports(['endpoints', 'serve', '-n', namespace, '-o', 'sky']);
  t.is(sky.stdout, `8000: http://${controllerAddress}/skypilot/${namespace}/serve-llm-2ea485ef/8000\n`);
  const table = await skyports(['endpoints', '-n', namespace]);
  t.regex(table.stdout, /^SKYCLUSTER {3}PORT {3}MODE {11}ENDPOINT .* STATE {3}AGE\nserve\.llm /);
});

test('asks nine lists in one namespace, the last ones if a row needs them, and at most nine over all of them', async (t) => {
  const names = await withSkyCluster('counted');
  const { namespace, nameOnCloud } = names;
  const service = skyLoadBalancer(names, [8888]);
  await make({
    ...service,
    metadata: { ...service.metadata, name: 'theirs' },
    spec: { ...service.spec, type: 'NodePort' },
  });
  await make(service);
  await untilBackendReady(namespace, 'theirs');
  for (const [args, least] of [
    // Other tests may have Ingresses, and Pods that are not Ready, which need a list more each.
    [['-A'], 7],
    [[], 9],
  ] as const) {
    const user = await powerfulUser(namespace);
    const { code, stdout } = await skyports(['endpoints', nameOnCloud, ...args, '-o', 'json'], user);
    t.is(code, 0);
    t.deepEqual(
      JSON.parse(stdout).items.map(({ mode }: Json) => mode),
      ['loadbalancer', 'nodeport'],
    );
    const requests = await requestsOf(user.name);
    t.deepEqual([...new Set(requests.map(({ verb }) => verb))], ['list']);
    const uris = requests.map(({ uri }) => uri);
    t.true(uris.length >= least && uris.length <= 9, uris.join('\n'));
    t.is(new Set(uris).size, uris.length, 'no list twice');
  }
});

test('nodes are asked for only when a row needs them', async (t) => {
  const { namespace } = await withSkyCluster();
  const user = await powerfulUser(namespace);
  await skyports(['endpoints'], user);
  t.deepEqual(
    (await requestsOf(user.name)).filter(({ resource }) => resource === 'nodes'),
    [],
  );
});

test("with SkyPilot's minimal Role load balancers are judged by Pods, and nothing is uncertain", async (t) => {
  const names = await withSkyCluster();
  const { namespace } = names;
  await make(skyLoadBalancer(names, [8888], { ip: '203.0.113.80' }));
  const user = await newUser(namespace, { rules: minimalRules });
  const { code, stdout, stderr } = await skyports(['endpoints', '-o', 'json'], user);
  t.is(code, 0);
  const { items, metadata } = JSON.parse(stdout);
  t.is(items[0].state, 'Ready');
  t.true(metadata.unobserved.some(({ resource }: { resource: string }) => resource === 'ingresses'));
  t.regex(
    stderr,
    /^warning: ingresses in namespace \S+ were not seen \(forbidden\): rows [^\n]*\n[^\n]*try:\n {4}kubectl auth can-i list ingresses\.networking\.k8s\.io -n \S+\n$/,
  );
});

test('a forbidden list costs the rows that need it: they are Unknown, and the exit code says so', async (t) => {
  const names = await withSkyCluster();
  const { namespace } = names;
  await make(skyLoadBalancer(names, [8888], { ip: '203.0.113.80' }), skyPortService(names, 9000));
  const user = await newUser(namespace, { rules: minimalRules });
  const { code, stdout, stderr } = await skyports(['endpoints', '-o', 'json'], user);
  t.is(code, 4);
  const { items } = JSON.parse(stdout);
  t.deepEqual(
    items.map(({ port, state }: Record<string, unknown>) => [port, state]),
    [
      [8888, 'Ready'],
      [9000, 'Unknown'],
    ],
  );
  t.regex(items[1].reason, /ingresses were not seen \(forbidden\)/);
  t.regex(stderr, /ingresses in namespace/);
});

test('without the right to list Pods the list itself is uncertain', async (t) => {
  const { namespace } = await withSkyCluster();
  const user = await newUser(namespace, { rules: [{ apiGroups: [''], resources: ['services'], verbs: ['list'] }] });
  const { code, stderr } = await skyports(['endpoints'], user);
  t.is(code, 4);
  t.regex(stderr, /pods in namespace \S+ were not seen/);
  t.regex(stderr, /^whether namespace \S+ has SkyPilot clusters is unknown: pods were not seen$/m);
  t.notRegex(stderr, /No SkyPilot cluster found/);
});

test('what was not seen is not said to be closed, and is not waited for', async (t) => {
  const names = await withSkyCluster();
  await make(skyPortService(names, 9000));
  const user = await newUser(names.namespace, { rules: minimalRules });
  const waited = await skyports(['endpoints', 'train', '9000', '--wait=5m'], user);
  t.is(waited.code, 4);
  t.regex(waited.stderr, /^error: waiting cannot help: train port 9000 is Unknown \(ingresses were not seen/m);
  const onlyPods = await newUser(names.namespace, { rules: [{ ...minimalRules[0]!, resources: ['pods'] }] });
  for (const flags of [[], ['--wait=300ms']]) {
    const { code, stderr } = await skyports(['endpoints', 'train', '1234', ...flags], onlyPods);
    t.is(code, 4);
    t.regex(stderr, /^whether port 1234 of train is open in namespace \S+ is unknown: services were not seen$/m);
  }
});

test('--wait for a port that nothing opens says how to open it', async (t) => {
  const { namespace } = await withSkyCluster();
  const { code, stderr } = await skyports(['endpoints', 'train', '9999', '--wait=300ms', '-n', namespace]);
  t.is(code, 3);
  t.is(
    stderr,
    `waiting at most 300ms: no endpoint yet\nerror: not ready after 300ms: no endpoint appeared\nNo port 9999 of train is open in namespace ${namespace}.\nthis opens one:\n    kubectl skyports expose train 9999 -n ${namespace}\n`,
  );
});

test('an interrupted wait does not say that its time was up', async (t) => {
  const names = await withSkyCluster();
  const { namespace } = names;
  await make(skyLoadBalancer(names, [8888]));
  const user = await powerfulUser(namespace);
  const running = startSkyports(['endpoints', '--wait=5m', 'train'], user);
  await until('it watches', async () => (await requestsOf(user.name)).some(({ verb }) => verb === 'watch'));
  running.interrupt();
  t.regex(
    (await running.outcome).stderr,
    /^error: interrupted before every port was ready: train port 8888 is Pending/m,
  );
  // Another user, because the audit log may tell of the watches of the first one later.
  const other = await powerfulUser(namespace);
  const doctor = startSkyports(['doctor', 'train', '8888', '--wait=5m'], other);
  await until('doctor watches', async () => (await requestsOf(other.name)).some(({ verb }) => verb === 'watch'));
  doctor.interrupt();
  t.regex((await doctor.outcome).stderr, /^waiting at most .*\ninterrupted before it was healthy\n$/s);
});

test('the controller is found where its labels may not be listed', async (t) => {
  const names = await withSkyCluster();
  const { namespace } = names;
  await makeIngressNginx();
  await make(skyPortService(names, 9000), skyIngress(names, [9000]));
  await untilBackendReady(namespace, `${names.nameOnCloud}--skypilot-svc--9000`);
  const read = { verbs: ['get', 'list', 'watch'] };
  const user = await newUser(namespace, {
    rules: [
      { ...read, apiGroups: [''], resources: ['pods', 'services'] },
      { ...read, apiGroups: ['networking.k8s.io'], resources: ['ingresses'] },
      { ...read, apiGroups: ['discovery.k8s.io'], resources: ['endpointslices'] },
    ],
    clusterRules: [{ ...read, apiGroups: ['networking.k8s.io'], resources: ['ingressclasses'] }],
  });
  const blind = await skyports(['endpoints', '-o', 'json'], user);
  t.is(blind.code, 4);
  t.is(JSON.parse(blind.stdout).items[0].state, 'Unknown');
  const subject = { kind: 'User', apiGroup: 'rbac.authorization.k8s.io', name: user.name };
  const metadata = { name: namespace, namespace: 'ingress-nginx' };
  const rbac = { apiVersion: 'rbac.authorization.k8s.io/v1', metadata };
  await make(
    { ...rbac, kind: 'Role', rules: [{ apiGroups: [''], resources: ['services'], verbs: ['list'] }] },
    {
      ...rbac,
      kind: 'RoleBinding',
      subjects: [subject],
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: namespace },
    },
  );
  await until('the Role counts', async () => (await skyports(['endpoints'], user)).code === 0);
  const seen = JSON.parse((await skyports(['endpoints', '-o', 'json'], user)).stdout);
  t.is(seen.items[0].address, controllerAddress);
});

test('--wait ends when the address comes, by watching', async (t) => {
  const names = await withSkyCluster();
  const { namespace, nameOnCloud } = names;
  const service = `${nameOnCloud}--skypilot-lb`;
  await make(skyLoadBalancer(names, [8888]));
  await untilBackendReady(namespace, service);
  const user = await powerfulUser(namespace);
  const running = startSkyports(['endpoints', '--wait=5m', 'train'], user);
  await until('it watches', async () => (await requestsOf(user.name)).some(({ verb }) => verb === 'watch'));
  await giveAddress(namespace, service);
  const { code, stdout } = await running.outcome;
  t.is(code, 0);
  t.regex(stdout, /http:\/\/203\.0\.113\.80:8888 +Ready/);
  const requests = await requestsOf(user.name);
  t.is(
    requests.filter(({ verb }) => verb === 'list').length,
    8,
    'one look and the events of what waits, and no polling',
  );
});

test('--wait says why it did not come', async (t) => {
  const names = await withSkyCluster();
  await make(skyLoadBalancer(names, [8888]));
  const { code, stdout, stderr } = await skyports(['endpoints', '--wait=300ms', 'train', '-n', names.namespace]);
  t.is(code, 3);
  t.regex(stdout, /<pending> +Pending/);
  t.regex(stderr, /^error: not ready after .*: train port 8888 is Pending \(no load balancer has given/m);
  t.regex(stderr, /this says why and how to fix it:\n {4}kubectl skyports doctor train 8888 -n \S+\n$/);
});

/** Watches while the load balancer of `train` gets its address, and returns when the changed row is printed. */
async function watchedAddress(...flags: readonly string[]) {
  const names = await withSkyCluster();
  const { namespace, nameOnCloud } = names;
  const service = `${nameOnCloud}--skypilot-lb`;
  await make(skyLoadBalancer(names, [8888]));
  await untilBackendReady(namespace, service);
  const user = await powerfulUser(namespace);
  const running = startSkyports(['endpoints', ...flags], user);
  await until('the first rows', () => running.stdout().includes('Pending'));
  await until(
    'it watches',
    async () => (await requestsOf(user.name)).filter(({ verb }) => verb === 'watch').length >= 5,
  );
  await giveAddress(namespace, service);
  await until('the changed row', () => running.stdout().includes('203.0.113.80'));
  return { running, user, namespace, service };
}

test('--watch prints the rows that change, by watch requests', async (t) => {
  const { running, user, namespace, service } = await watchedAddress('--watch');
  t.regex(running.stdout(), /<pending>/);
  await admin('DELETE', `/api/v1/namespaces/${namespace}/services/${service}`);
  await until('the row that is gone', () => running.stdout().includes('Closed'));
  running.interrupt();
  const { code, stdout } = await running.outcome;
  t.is(code, 0);
  t.is(stdout.match(/SKYCLUSTER/g)?.length, 1, 'headers are printed once');
  t.is((await requestsOf(user.name)).filter(({ verb }) => verb === 'list').length, 8);
});

test('--watch -o json prints one document per line', async (t) => {
  const { running } = await watchedAddress('-w', '-o', 'json');
  running.interrupt();
  const { stdout } = await running.outcome;
  const documents = stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  t.deepEqual(
    documents.map(({ kind }) => kind),
    documents.map(() => 'EndpointList'),
  );
  t.is(documents.at(0).items[0].state, 'Pending');
  t.is(documents.at(-1).items[0].url, 'http://203.0.113.80:8888');
});

test('--watch -o yaml begins each document with ---', async (t) => {
  const { running } = await watchedAddress('-w', '-o', 'yaml');
  running.interrupt();
  const { stdout } = await running.outcome;
  const documents = parseAllDocuments(stdout).map((document) => document.toJS());
  t.true(documents.length >= 2, stdout);
  t.is(stdout.match(/^---$/gm)?.length, documents.length);
  t.is(documents.at(0).items[0].state, 'Pending');
  t.is(documents.at(-1).items[0].url, 'http://203.0.113.80:8888');
});

test('--watch shows each path of an Ingress to the same port, and which of them goes', async (t) => {
  await makeIngressNginx();
  const names = await withSkyCluster('train');
  const { namespace, nameOnCloud } = names;
  const user = await powerfulUser(namespace);
  const backend = { service: { name: `${nameOnCloud}--skypilot-svc--8888`, port: { number: 8888 } } };
  const path = (text: string) => ({ path: text, pathType: 'Prefix', backend });
  const ingress = {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: { name: 'mine', namespace },
    spec: { ingressClassName: 'nginx', rules: [{ http: { paths: [path('/a'), path('/b')] } }] },
  };
  await make(skyPortService(names, 8888), ingress);
  const running = startSkyports(['endpoints', '-w', '-o', 'json'], user);
  const rows = () =>
    running
      .stdout()
      .split('\n')
      .slice(0, -1)
      .flatMap((line) => JSON.parse(line).items as Json[])
      .map(({ url, state }) => `${state === 'Closed' ? 'Closed ' : ''}${new URL(url ?? 'http://x/').pathname}`);
  await until('the first rows', () => rows().length >= 2);
  t.deepEqual(rows(), ['/a', '/b']);
  await until(
    'it watches',
    async () => (await requestsOf(user.name)).filter(({ verb }) => verb === 'watch').length >= 5,
  );
  const spec = { rules: [{ http: { paths: [path('/b')] } }] };
  await admin('PATCH', `/apis/networking.k8s.io/v1/namespaces/${namespace}/ingresses/mine`, { spec });
  await until('the row that is gone', () => rows().includes('Closed /'));
  running.interrupt();
  t.is((await running.outcome).code, 0);
  t.deepEqual(rows().slice(2), ['Closed /', '/b']);
});

test('the table of --watch shows no port as closed that goes on through another object', async (t) => {
  await makeIngressNginx();
  const names = await withSkyCluster('train');
  const { namespace, nameOnCloud } = names;
  const user = await powerfulUser(namespace);
  await make(skyPortService(names, 8888));
  const [table, json] = [[], ['-o', 'json']].map((format) => startSkyports(['endpoints', '-w', ...format], user));
  await until('both watch', async () => {
    const watches = (await requestsOf(user.name)).filter(({ verb }) => verb === 'watch');
    return watches.length >= 10;
  });
  const backend = { service: { name: `${nameOnCloud}--skypilot-svc--8888`, port: { number: 8888 } } };
  await create({
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: { name: 'mine', namespace },
    spec: {
      ingressClassName: 'nginx',
      rules: [{ http: { paths: [{ path: '/a', pathType: 'Prefix', backend }] } }],
    },
  });
  const isOpen = (text: string) => /http:\/\/\S+\/a\b/.test(text);
  await until('both show the path', () => isOpen(table!.stdout()) && isOpen(json!.stdout()));
  for (const each of [table, json]) each!.interrupt();
  t.regex((await table!.outcome).stdout, /Broken/);
  t.notRegex(table!.stdout(), /Closed/);
  t.regex((await json!.outcome).stdout, /"state":"Closed"/);
});

test('--state shows the ports in these states only', async (t) => {
  const names = await withSkyCluster('train');
  const { namespace, nameOnCloud } = names;
  const other = skyNames(namespace, 'tree');
  await make(skyPod(other), skyLoadBalancer(names, [8888], { ip: '203.0.113.80' }), skyLoadBalancer(other, [7860]));
  await untilBackendReady(namespace, `${nameOnCloud}--skypilot-lb`);
  await untilBackendReady(namespace, `${other.nameOnCloud}--skypilot-lb`);
  const ports = async (...states: string[]) => {
    const flags = states.map((state) => `--state=${state}`);
    return (await skyports(['endpoints', '-n', namespace, '-o', 'jsonpath={.items[*].port}', ...flags])).stdout;
  };
  t.is(await ports('Ready'), '8888');
  t.is(await ports('Pending'), '7860');
  t.is(await ports('Ready,Pending'), '8888 7860');
  t.is(await ports('Ready', 'Pending'), '8888 7860');
  const none = await skyports(['endpoints', '-n', namespace, '--state', 'Broken']);
  t.deepEqual([none.code, none.stdout], [0, '']);
  t.is(none.stderr, 'No port matches --state Broken.\n');
  const wrong = await skyports(['endpoints', '--state', 'redy']);
  t.is(wrong.code, 2);
  t.regex(wrong.stderr, /"redy" is not a valid value of --state\ndid you mean --state Ready\?\n$/);
});

test('a beginning of a name is enough, several candidates are an error that lists them', async (t) => {
  const names = await withSkyCluster('train-a');
  const { namespace } = names;
  const other = skyNames(namespace, 'train-b');
  await make(skyPod(other), skyLoadBalancer(names, [1000]), skyLoadBalancer(other, [2000]));
  const one = await skyports(['endpoints', 'train-a', '-n', namespace, '-o', 'jsonpath={.items[*].port}']);
  t.is(one.stdout, '1000');
  const several = await skyports(['endpoints', 'train', '-n', namespace]);
  t.is(several.code, 2);
  t.regex(several.stderr, /^error: "train" is ambiguous: train-a-2ea485ef .*train-b-2ea485ef/);
});

test('an unknown name says which namespace has it', async (t) => {
  const display = `only-${Math.random().toString(36).slice(2, 8)}`;
  const { namespace } = await withSkyCluster(display);
  const elsewhere = await newNamespace();
  const { code, stderr } = await skyports(['endpoints', display, '-n', elsewhere]);
  t.is(code, 2);
  t.true(new RegExp(`namespace ${namespace} has it\\n.*-n ${namespace}`, 's').test(stderr), stderr);
});

test("an unknown name says which other context of SkyPilot's has it", async (t) => {
  const display = `far-${Math.random().toString(36).slice(2, 8)}`;
  const { namespace } = await withSkyCluster(display);
  const blind = await newUser(await newNamespace(), { rules: minimalRules, context: 'near' });
  const sighted = await newUser(namespace, {
    clusterRules: [{ apiGroups: [''], resources: ['pods'], verbs: ['list'] }],
    context: 'far',
  });
  const config = join(cluster().temporaryFolder, `${display}.yaml`);
  writeFileSync(config, 'kubernetes:\n  allowed_contexts: [near, far]\n');
  writeFileSync(sighted.kubeconfig, renamed(readFileSync(sighted.kubeconfig, 'utf8')));
  const { code, stderr } = await skyports(['endpoints', display, '--context', 'near'], {
    kubeconfig: `${blind.kubeconfig}:${sighted.kubeconfig}`,
    env: { SKYPILOT_GLOBAL_CONFIG: config },
  });
  t.is(code, 2);
  t.true(/context far has it\n.*--context far/s.test(stderr), stderr);
});

/** Both files call their cluster and user alike, and the first of two equal names wins. */
function renamed(kubeconfig: string): string {
  const config = JSON.parse(kubeconfig);
  config.clusters[0].name = 'far-cluster';
  config.users[0].name = 'far-user';
  Object.assign(config.contexts[0].context, { cluster: 'far-cluster', user: 'far-user' });
  return JSON.stringify(config);
}

test('no SkyPilot cluster is no error', async (t) => {
  const namespace = await newNamespace();
  const { code, stdout, stderr } = await skyports(['endpoints', '-n', namespace]);
  t.deepEqual({ code, stdout }, { code: 0, stdout: '' });
  t.is(
    stderr,
    `No SkyPilot cluster found in namespace ${namespace}.\nthis looks in all namespaces:\n    kubectl skyports endpoints -A\n`,
  );
  const json = await skyports(['endpoints', '-n', namespace, '-o', 'json']);
  t.deepEqual(JSON.parse(json.stdout).items, []);
});

test('a Pod IP is shown with --mode podip, and that no object shows an open port', async (t) => {
  const names = await withSkyCluster();
  const args = ['endpoints', '-n', names.namespace, '--mode', 'podip', '--port', '8080', '-o', 'json'];
  const [row] = JSON.parse((await skyports(args)).stdout).items;
  t.deepEqual([row.mode, row.scope, row.state], ['podip', 'cluster', 'Ready']);
  t.is(row.reason, 'no object shows whether anything listens on port 8080');
  t.is(row.skyPilot.prints, `${row.address}:8080`);
});

test('--port only filters; a number after the name is a port; what has no URL exits with 3 and says how to open it', async (t) => {
  const names = await withSkyCluster();
  const { namespace } = names;
  await make(skyLoadBalancer(names, [8888, 9000], { ip: '203.0.113.80' }));
  const place = ['-n', namespace];
  for (const words of [
    ['train', '--port', '8888'],
    ['train', '8888'],
    ['--port', '8888'],
  ]) {
    const { code, stdout } = await skyports(['endpoints', ...words, ...place, '-o', 'url']);
    t.deepEqual([code, stdout], [0, 'http://203.0.113.80:8888\n'], words.join(' '));
  }
  for (const format of ['table', 'wide', 'json', 'yaml', 'name', 'url', 'jsonpath={.items[*].url}']) {
    const { code, stdout, stderr } = await skyports(['endpoints', 'train', '9999', ...place, '-o', format]);
    t.is(code, 3, format);
    t.notRegex(stdout, /http/);
    t.is(
      stderr,
      `No port 9999 of train is open in namespace ${namespace}.\nthis opens one:\n    kubectl skyports expose train 9999 -n ${namespace}\n`,
    );
  }
  const podip = await skyports(['endpoints', 'train', '9999', ...place, '--wait=0']);
  t.is(podip.code, 3, 'a port that nothing opened is not Ready');
});

test('a named cluster whose port waits for its address exits with 3; the list of all does not', async (t) => {
  const names = await withSkyCluster();
  const { namespace } = names;
  await make(skyLoadBalancer(names, [8888]));
  const named = await skyports(['endpoints', 'train', '-n', namespace, '-o', 'url']);
  t.deepEqual([named.code, named.stdout], [3, '']);
  t.regex(
    named.stderr,
    /^no URL yet: train port 8888 is Pending .*\n.*\n {4}kubectl skyports doctor train 8888 -n \S+\n$/,
  );
  const all = await skyports(['endpoints', '-n', namespace, '-o', 'url']);
  t.deepEqual([all.code, all.stdout, all.stderr], [0, '', '']);
});

test('a selector that no cluster has is named', async (t) => {
  const { namespace } = await withSkyCluster();
  const { code, stderr } = await skyports(['endpoints', '-n', namespace, '-l', 'foo=bar']);
  t.is(code, 0);
  t.regex(
    stderr,
    /^no SkyPilot cluster in namespace \S+ has labels foo=bar\n.*:\n {4}kubectl get pods -n \S+ -l skypilot/,
  );
});

test('a controller without a ready Pod is seen by one more list, and not by a user who may not list Services everywhere', async (t) => {
  const names = await withSkyCluster();
  const { namespace } = names;
  await makeIngressNginx();
  await make(skyPortService(names, 9000), skyIngress(names, [9000]));
  await untilBackendReady(namespace, `${names.nameOnCloud}--skypilot-svc--9000`);
  const user = await powerfulUser(namespace);
  const { stdout } = await skyports(['endpoints', '-o', 'jsonpath={.items[*].state}'], user);
  t.is(stdout, 'Ready');
  const pods = (await requestsOf(user.name)).filter(({ verb, resource }) => verb === 'list' && resource === 'pods');
  t.is(pods.length, 2);
  const read = { verbs: ['get', 'list', 'watch'] };
  const lesser = await newUser(namespace, {
    rules: [{ ...read, apiGroups: ['*'], resources: ['pods', 'services', 'ingresses', 'endpointslices'] }],
    clusterRules: [{ ...read, apiGroups: ['networking.k8s.io'], resources: ['ingressclasses'] }],
  });
  await skyports(['endpoints'], lesser);
  const asked = (await requestsOf(lesser.name)).filter(({ verb, resource }) => verb === 'list' && resource === 'pods');
  t.is(asked.length, 1);
});

test('-l takes clusters by the labels of their Pods', async (t) => {
  const names = await withSkyCluster('one');
  const { namespace } = names;
  const two = skyNames(namespace, 'two');
  await make(skyPod(two), skyLoadBalancer(names, [1000]), skyLoadBalancer(two, [2000]));
  const { stdout } = await skyports([
    'endpoints',
    '-n',
    namespace,
    '-l',
    'skypilot-cluster-name=two-2ea485ef',
    '-o',
    'jsonpath={.items[*].port}',
  ]);
  t.is(stdout, '2000');
});

test('--open opens the one URL, and only when it is one', async (t) => {
  const names = await withSkyCluster();
  const { namespace, nameOnCloud } = names;
  await make(skyLoadBalancer(names, [8888, 9999], { ip: '203.0.113.80' }));
  await untilBackendReady(namespace, `${nameOnCloud}--skypilot-lb`);
  const opened = join(cluster().temporaryFolder, `${namespace}.url`);
  const browser = `${opened}.sh`;
  writeFileSync(browser, `#!/bin/sh\necho "$1" > ${opened}.part && mv ${opened}.part ${opened}\n`);
  chmodSync(browser, 0o755);
  const env = { BROWSER: browser };
  t.is((await skyports(['endpoints', '-n', namespace, '--open'], { env })).code, 2);
  t.is((await skyports(['endpoints', 'train', '-n', namespace, '--open', '--port', '8888'], { env })).code, 0);
  t.is(await until('the browser ran', () => tryRead(opened)), 'http://203.0.113.80:8888\n');
});

function tryRead(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

test('text from the cluster never puts a control character on a terminal', async (t) => {
  const evil = 'ev\u001b[31mil\u0007';
  const namespace = (await withSkyCluster()).namespace;
  const names = { ...skyNames(namespace, 'evil'), displayName: evil };
  await make(skyPod(names), skyLoadBalancer(names, [1000]));
  for (const format of ['table', 'wide', 'json', 'yaml', 'name', 'url']) {
    const { stdout, stderr } = await skyports(['endpoints', '-n', namespace, '-o', format]);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these must not be there
    t.notRegex(stdout + stderr, /[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/, format);
  }
});

test('a load balancer that waits says why in its row: one more list, and none where nothing waits', async (t) => {
  const names = await withSkyCluster();
  const { namespace, nameOnCloud } = names;
  const [service] = await make(skyLoadBalancer(names, [8888]));
  const user = await powerfulUser(namespace);
  const reasonOf = async () => {
    const { stdout, stderr, code } = await skyports(['endpoints', '-o', 'json'], user);
    t.is(code, 0, stderr);
    return JSON.parse(stdout).items[0].reason;
  };
  t.is(await reasonOf(), `no load balancer has given Service ${nameOnCloud}--skypilot-lb an address`);
  const listed = async () => (await requestsOf(user.name)).filter(({ verb }) => verb === 'list').length;
  t.is(await listed(), 8);
  await create({
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { name: 'train.1', namespace },
    type: 'Warning',
    reason: 'SyncLoadBalancerFailed',
    message: 'Error syncing load balancer: TooManyLoadBalancers: Exceeded quota of account',
    involvedObject: { kind: 'Service', namespace, name: service.metadata.name, uid: service.metadata.uid },
  });
  t.regex(await reasonOf(), /an address: a quota of the AWS account is used up$/);
  await giveAddress(namespace, `${nameOnCloud}--skypilot-lb`);
  const before = await listed();
  await skyports(['endpoints'], user);
  t.is((await listed()) - before, 7);
});

test('who may not see events is told the rest, without a warning', async (t) => {
  const names = await withSkyCluster();
  await make(skyLoadBalancer(names, [8888]));
  const all = ['pods', 'services', 'ingresses', 'endpointslices'];
  const rules = [{ apiGroups: ['*'], resources: all, verbs: ['list'] }];
  const classes = [{ apiGroups: ['*'], resources: ['ingressclasses', 'services'], verbs: ['list'] }];
  const user = await newUser(names.namespace, { rules, clusterRules: classes });
  const { code, stdout, stderr } = await skyports(['endpoints'], user);
  t.is(code, 0);
  t.is(stderr, '');
  t.regex(stdout, /Pending/);
});
