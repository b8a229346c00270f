import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { admin, cluster, create, type Json, kubectl, newUser, requestsOf, until } from '../helpers/cluster.ts';
import { skyports } from '../helpers/run-skyports.ts';
import { skyIngress, skyLoadBalancer, skyPod, skyPortService } from '../helpers/skypilot-objects.ts';
import {
  controllerAddress,
  giveAddress,
  make,
  makeIngressNginx,
  powerfulUser,
  untilBackendReady,
  withSkyCluster,
} from '../helpers/world.ts';

const service = (namespace: string, name: string): Promise<Json> =>
  admin('GET', `/api/v1/namespaces/${namespace}/services/${name}`);
const ingress = (namespace: string, name: string): Promise<Json> =>
  admin('GET', `/apis/networking.k8s.io/v1/namespaces/${namespace}/ingresses/${name}`);
const gone = async (read: Promise<Json>): Promise<boolean> =>
  read.then(
    ({ metadata }) => metadata.deletionTimestamp !== undefined,
    () => true,
  );
const portsOf = ({ spec }: Json): unknown[] => spec.ports.map(({ port, targetPort }: Json) => [port, targetPort]);
const writes = ['create', 'update', 'patch', 'delete', 'deletecollection'];

test('loadbalancer: one Service for all ports, one write, the head alone behind it', async (t) => {
  const names = await withSkyCluster();
  const { namespace, nameOnCloud } = names;
  await make(skyPod(names, { worker: 1 }));
  const user = await powerfulUser(namespace);
  const { code, stderr } = await skyports(['expose', 'train', '80:8888', '9000-9001', '--wait=0'], user);
  t.is(code, 0, stderr);
  t.regex(
    stderr,
    /^mode loadbalancer: it is SkyPilot's default\nwarning: nothing that was seen here gives Services addresses: .*\nservice\/train-2ea485ef--skyports-lb created\n$/s,
  );
  t.regex(stderr, /this shows how to install one:\n {4}kubectl skyports doctor --mode loadbalancer\b/);
  t.notRegex(stderr, /or: *$/m);
  const made = await service(namespace, `${nameOnCloud}--skyports-lb`);
  t.deepEqual(portsOf(made), [
    [80, 8888],
    [9000, 9000],
    [9001, 9001],
  ]);
  t.is(made.spec.type, 'LoadBalancer');
  t.deepEqual(made.spec.selector, { component: `${nameOnCloud}-head` });
  t.deepEqual(made.metadata.labels, {
    'app.kubernetes.io/managed-by': 'kubectl-skyports',
    'skypilot-cluster-name': nameOnCloud,
  });
  t.is(made.metadata.ownerReferences, undefined);
  t.deepEqual(
    made.spec.ports.map(({ name }: Json) => name),
    ['port80', 'port9000', 'port9001'],
  );
  const requests = await requestsOf(user.name);
  // Eight for what is there, two for where it runs.
  t.is(requests.filter(({ verb }) => verb === 'list').length, 10, 'one round of reads, and the platform');
  t.deepEqual(
    requests.filter(({ verb }) => writes.includes(verb)).map(({ verb }) => verb),
    ['patch'],
    'one write',
  );
});

test('a second call adds ports and changes only what it names', async (t) => {
  const { namespace, nameOnCloud } = await withSkyCluster();
  const name = `${nameOnCloud}--skyports-lb`;
  const internal = 'networking.gke.io/load-balancer-type';
  const call = (...args: string[]) => skyports(['expose', 'train', ...args, '-n', namespace, '--wait=0']);
  await call(
    '8888',
    '--annotation',
    `${internal}=Internal`,
    '--annotation',
    'example.com/a=1',
    '--label',
    'team=ml',
    '--source-range',
    '203.0.113.0/24',
  );
  const { nodePort } = (await service(namespace, name)).spec.ports[0];
  await call('9000', '--annotation', 'example.com/a-');
  const both = await service(namespace, name);
  t.deepEqual(portsOf(both), [
    [8888, 8888],
    [9000, 9000],
  ]);
  t.is(both.spec.ports[0].nodePort, nodePort);
  t.deepEqual(both.metadata.annotations, { 'skyports/sky-cluster': 'train', [internal]: 'Internal' });
  t.is(both.metadata.labels.team, 'ml');
  t.deepEqual(both.spec.loadBalancerSourceRanges, ['203.0.113.0/24']);
  await call('9000', '--source-range=');
  t.is((await service(namespace, name)).spec.loadBalancerSourceRanges, undefined);
});

test('the same again changes nothing, says so and writes nothing', async (t) => {
  const { namespace, nameOnCloud } = await withSkyCluster();
  const user = await powerfulUser(namespace);
  await makeIngressNginx();
  for (const mode of ['loadbalancer', 'nodeport', 'ingress']) {
    const args = ['expose', 'train', '8888', '9000', '--mode', mode, '--wait=0'];
    t.is((await skyports(args)).code, 2, 'another namespace');
    t.is((await skyports(args, user)).code, 0);
  }
  const before = (await requestsOf(user.name)).filter(({ verb }) => writes.includes(verb)).length;
  for (const mode of ['loadbalancer', 'nodeport', 'ingress']) {
    const { code, stderr } = await skyports(['expose', 'train', '9000', '8888', '--mode', mode, '--wait=0'], user);
    t.is(code, 0);
    t.regex(stderr, /nothing to change: port 8888, 9000 is already open/, mode);
  }
  t.is((await requestsOf(user.name)).filter(({ verb }) => writes.includes(verb)).length, before);
  t.is(before, 1 + 1 + 5);
  t.truthy(await ingress(namespace, `${nameOnCloud}--skyports-ingress`));
});

test('ports that somebody took out by hand come back, and changed ones are a conflict that names who', async (t) => {
  const { namespace, nameOnCloud } = await withSkyCluster();
  const name = `${nameOnCloud}--skyports-lb`;
  const call = (...args: string[]) => skyports(['expose', 'train', '8888', '-n', namespace, '--wait=0', ...args]);
  await call();
  const edited = await kubectl([
    'patch',
    'service',
    name,
    '-n',
    namespace,
    '--field-manager=somebody',
    '--type=json',
    '-p',
    '[{"op":"replace","path":"/spec/ports/0/targetPort","value":1234}]',
  ]);
  t.is(edited.code, 0, edited.stderr);
  const refused = await call();
  t.is(refused.code, 1);
  t.regex(
    refused.stderr,
    /other field managers own what would change: \.spec\.ports.*targetPort \(somebody\).*--force-conflicts/s,
  );
  t.deepEqual(portsOf(await service(namespace, name)), [[8888, 1234]]);
  t.is((await call('--force-conflicts')).code, 0);
  t.deepEqual(portsOf(await service(namespace, name)), [[8888, 8888]]);
});

test('calls at the same time all get their ports, on a new object and on one that is there', async (t) => {
  const { namespace, nameOnCloud } = await withSkyCluster();
  const call = (port: number) => skyports(['expose', 'train', String(port), '-n', namespace, '--wait=0']);
  for (const ports of [
    [1001, 1002, 1003],
    [1004, 1005, 1006],
  ]) {
    const outcomes = await Promise.all(ports.map(call));
    t.deepEqual(
      outcomes.map(({ code }) => code),
      [0, 0, 0],
      outcomes.map(({ stderr }) => stderr).join(''),
    );
  }
  const made = await service(namespace, `${nameOnCloud}--skyports-lb`);
  t.deepEqual(
    portsOf(made).map((pair) => (pair as number[])[0]),
    [1001, 1002, 1003, 1004, 1005, 1006],
  );
});

test('a dry run writes nothing', async (t) => {
  const { namespace } = await withSkyCluster();
  const user = await powerfulUser(namespace);
  const client = await skyports(
    ['expose', 'train', '8888', '9000', '--mode', 'ingress', '--dry-run=client', '-o', 'yaml'],
    user,
  );
  t.is(client.code, 0, client.stderr);
  t.regex(client.stderr, /without ownerReferences/);
  t.deepEqual(
    (await requestsOf(user.name)).filter(({ verb }) => writes.includes(verb)),
    [],
  );
  const server = await skyports(['expose', 'train', '8888', '--dry-run=server'], user);
  t.is(server.stdout, 'service/train-2ea485ef--skyports-lb created (server dry run)\n');
  const written = (await requestsOf(user.name)).filter(({ verb }) => writes.includes(verb));
  t.true(written.length === 1 && written.every(({ uri }) => uri.includes('dryRun=All')));
  t.deepEqual((await admin('GET', `/api/v1/namespaces/${namespace}/services`)).items, []);
  const applied = await kubectl(['apply', '--server-side', '-f', '-', '-n', namespace], { input: client.stdout });
  t.is(applied.code, 0, applied.stderr);
});

test('ingress: one Ingress for all ports and a redirect for each, owned by their Services, under our own prefix', async (t) => {
  const { namespace, nameOnCloud } = await withSkyCluster();
  await makeIngressNginx();
  const { code, stdout, stderr } = await skyports([
    'expose',
    'train',
    '8888',
    '9000',
    '--mode',
    'ingress',
    '-n',
    namespace,
    '--wait=5m',
    '-o',
    'url',
  ]);
  t.is(code, 0, stderr);
  t.is(
    stdout,
    [8888, 9000].map((port) => `http://${controllerAddress}/skyports/${namespace}/${nameOnCloud}/${port}/\n`).join(''),
  );
  const made = await ingress(namespace, `${nameOnCloud}--skyports-ingress`);
  t.deepEqual(
    made.spec.rules[0].http.paths.map(({ path }: Json) => path),
    [`/skyports/${namespace}/${nameOnCloud}/8888(/|$)(.*)`, `/skyports/${namespace}/${nameOnCloud}/9000(/|$)(.*)`],
  );
  t.is(made.spec.ingressClassName, 'nginx');
  const nginx = 'nginx.ingress.kubernetes.io';
  t.like(made.metadata.annotations, {
    [`${nginx}/use-regex`]: 'true',
    [`${nginx}/rewrite-target`]: '/$2',
    [`${nginx}/proxy-body-size`]: '0',
    [`${nginx}/proxy-request-buffering`]: 'off',
    [`${nginx}/proxy-read-timeout`]: '3600',
    [`${nginx}/proxy-send-timeout`]: '3600',
  });
  t.deepEqual(
    made.metadata.ownerReferences.map(({ kind, name }: Json) => `${kind} ${name}`),
    [8888, 9000].map((port) => `Service ${nameOnCloud}--skyports-svc--${port}`),
  );
  const redirect = await ingress(namespace, `${nameOnCloud}--skyports-ingress--redirect-9000`);
  t.is(redirect.metadata.annotations[`${nginx}/permanent-redirect`], '9000/');
  t.deepEqual(
    redirect.metadata.ownerReferences.map(({ name }: Json) => name),
    [`${nameOnCloud}--skyports-svc--9000`],
  );
  t.regex(stderr, /warning: http:\/\/203\.0\.113\.70\S+, http:\S+ are open to anyone who can reach it/);
});

test('a host of its own: the whole host, https with a certificate, and back to the usual prefix', async (t) => {
  const { namespace, nameOnCloud } = await withSkyCluster();
  const call = (...args: string[]) =>
    skyports(['expose', 'train', '--mode', 'ingress', '-n', namespace, '--wait=0', '-o', 'url', ...args]);
  const paths = async () => {
    const { rules } = (await ingress(namespace, `${nameOnCloud}--skyports-ingress`)).spec;
    return rules.flatMap(({ host, http }: Json) => http.paths.map(({ path }: Json) => `${host ?? '*'} ${path}`));
  };
  await makeIngressNginx();
  t.is((await call('8888', '--host', 'app.example.com', '--tls-secret', 'cert')).stdout, 'https://app.example.com\n');
  t.deepEqual(await paths(), ['app.example.com /()(.*)']);
  t.regex(
    (await call('9000', '--host', 'app.example.com')).stderr,
    /ports 8888 and 9000 would both answer at app\.example\.com\//,
  );
  t.regex((await call('9000', '--path', '/')).stderr, /would lead every path of every host to port 9000/);
  await call('9000', '--path', '/v1.2/x', '--rewrite', 'keep');
  t.deepEqual(await paths(), ['app.example.com /()(.*)', '* /()(v1[.]2/x(?:/.*|$))']);
  await call('8888', '--host=');
  t.deepEqual(await paths(), [`* /skyports/${namespace}/${nameOnCloud}/8888(/|$)(.*)`, '* /()(v1[.]2/x(?:/.*|$))']);
});

test('Kubernetes collects our Ingress when SkyPilot has deleted the last of its Services', async (t) => {
  await makeIngressNginx();
  const { namespace, nameOnCloud } = await withSkyCluster();
  await skyports(['expose', 'train', '8888', '9000', '--mode', 'ingress', '-n', namespace, '--wait=0']);
  const name = `${nameOnCloud}--skyports-ingress`;
  const first = `/api/v1/namespaces/${namespace}/services/${nameOnCloud}--skyports-svc--8888`;
  await admin('DELETE', first);
  const left = await until('the collector has seen that one owner is gone', async () => {
    const { metadata } = await ingress(namespace, name);
    return metadata.ownerReferences.length === 1 && metadata;
  });
  t.is(left.ownerReferences[0].name, `${nameOnCloud}--skyports-svc--9000`);
  t.falsy(left.deletionTimestamp);
  // What `sky down` sends (sky/provision/kubernetes/instance.py, _delete_cluster_services).
  await admin('DELETE', `/api/v1/namespaces/${namespace}/services?labelSelector=skypilot-cluster-name=${nameOnCloud}`);
  for (const each of [name, `${name}--redirect-8888`, `${name}--redirect-9000`]) {
    await until(`${each} is collected`, async () => gone(ingress(namespace, each)));
  }
  t.deepEqual((await admin('GET', `/api/v1/namespaces/${namespace}/services`)).items, []);
});

test('an Ingress that is refused leaves nothing behind', async (t) => {
  const { namespace } = await withSkyCluster();
  const everything = ['get', 'list', 'watch', 'create', 'patch', 'delete'];
  const user = await newUser(namespace, {
    rules: [
      { apiGroups: ['', 'discovery.k8s.io'], resources: ['pods', 'services', 'endpointslices'], verbs: everything },
      { apiGroups: ['networking.k8s.io'], resources: ['ingresses'], verbs: ['list'] },
    ],
  });
  const { code, stderr } = await skyports(['expose', 'train', '8888', '9000', '--mode', 'ingress'], user);
  t.is(code, 1);
  t.regex(stderr, /forbidden.*ingresses/i);
  t.deepEqual((await admin('GET', `/api/v1/namespaces/${namespace}/services`)).items, []);
});

test("nodeport: a Ready node's ExternalIP and the nodePort", async (t) => {
  const { namespace, nameOnCloud } = await withSkyCluster();
  const { code, stdout, stderr } = await skyports([
    'expose',
    'train',
    '80:8888',
    '--mode',
    'nodeport',
    '-n',
    namespace,
    '--wait=5m',
    '-o',
    'json',
  ]);
  t.is(code, 0, stderr);
  const [row] = JSON.parse(stdout).items;
  const made = await service(namespace, `${nameOnCloud}--skyports-nodeport`);
  t.is(row.url, `http://203.0.113.11:${made.spec.ports[0].nodePort}`);
  t.deepEqual([row.port, row.targetPort, row.managedBy], [80, 8888, 'kubectl-skyports']);
});

test('podip: nothing is written, and who can reach it is said', async (t) => {
  const { namespace } = await withSkyCluster();
  const user = await powerfulUser(namespace);
  const { code, stdout, stderr } = await skyports(['expose', 'train', '8888', '--mode', 'podip', '-o', 'url'], user);
  t.is(code, 0);
  t.regex(stdout, /^http:\/\/10\.244\.\d+\.\d+:8888\n$/);
  t.regex(stderr, /can only be called by other Pods, by the nodes, or from a network that routes Pod IPs/);
  t.deepEqual(
    (await requestsOf(user.name)).filter(({ verb }) => writes.includes(verb)),
    [],
  );
});

test("the mode is that of SkyPilot's own objects, and a port it has opened is not opened again", async (t) => {
  const names = await withSkyCluster();
  const { namespace, nameOnCloud } = names;
  await make(skyLoadBalancer(names, [8888], { ip: '203.0.113.80' }));
  const user = await powerfulUser(namespace);
  const { code, stdout, stderr } = await skyports(['expose', 'train', '8888', '--wait=5m', '-o', 'url'], user);
  t.is(code, 0);
  t.is(stdout, 'http://203.0.113.80:8888\n');
  t.regex(stderr, /mode loadbalancer: SkyPilot opened ports through Service .*\nport 8888 is open already/);
  t.deepEqual(
    (await requestsOf(user.name)).filter(({ verb }) => writes.includes(verb)),
    [],
  );
  await skyports(['expose', 'train', '8888', '--beside-skypilot', '--wait=0'], user);
  t.deepEqual(portsOf(await service(namespace, `${nameOnCloud}--skyports-lb`)), [[8888, 8888]]);
});

test("SkyPilot's objects are never written", async (t) => {
  await makeIngressNginx();
  const names = await withSkyCluster();
  const { namespace, nameOnCloud } = names;
  await make(skyLoadBalancer(names, [8888]), skyPortService(names, 9000), skyIngress(names, [9000]));
  const versions = async () =>
    Promise.all([
      service(namespace, `${nameOnCloud}--skypilot-lb`),
      service(namespace, `${nameOnCloud}--skypilot-svc--9000`),
      ingress(namespace, `${nameOnCloud}-skypilot-ingress`),
    ]).then((objects) => objects.map(({ metadata }) => metadata.resourceVersion));
  const before = await versions();
  for (const mode of ['loadbalancer', 'ingress', 'nodeport']) {
    t.is(
      (
        await skyports([
          'expose',
          'train',
          '8888',
          '9000',
          '--beside-skypilot',
          '--mode',
          mode,
          '-n',
          namespace,
          '--wait=0',
        ])
      ).code,
      0,
    );
  }
  const { code, stderr } = await skyports(['unexpose', 'train', '-y', '-n', namespace]);
  t.is(code, 0);
  t.regex(
    stderr,
    /Service train-2ea485ef--skypilot-lb of train-2ea485ef was created by SkyPilot and stays until SkyPilot removes the SkyPilot cluster\n/,
  );
  t.deepEqual(await versions(), before);
  t.is((await admin('GET', `/api/v1/namespaces/${namespace}/services`)).items.length, 2);
});

test("SkyPilot's configuration decides where no object does", async (t) => {
  const { namespace } = await withSkyCluster();
  const config = join(cluster().temporaryFolder, `${namespace}.yaml`);
  const call = (text: string) => {
    writeFileSync(config, text);
    return skyports(['expose', 'train', '8888', '-n', namespace, '--dry-run=client'], {
      env: { SKYPILOT_GLOBAL_CONFIG: config },
    });
  };
  const byContext = await call(
    'kubernetes:\n  ports: loadbalancer\n  context_configs:\n    skyports-test:\n      ports: podip\n',
  );
  t.regex(byContext.stderr, /^mode podip: kubernetes\.context_configs\.skyports-test\.ports in .* says so\n/);
  t.regex((await call('kubernetes: {ports: ingress}\n')).stderr, /^mode ingress: kubernetes\.ports in/);
  t.regex((await call('kubernetes: {ports: Ingress}\n')).stderr, /is "Ingress", which SkyPilot rejects/);
  t.regex(
    (await call('api_server: {endpoint: "http://sky.example.com"}\n')).stderr,
    /SkyPilot's default; the SkyPilot API server http:\/\/sky\.example\.com may be configured otherwise/,
  );
  const broken = await call('kubernetes:\n  ports: [\n');
  t.is(broken.code, 2);
  t.regex(broken.stderr, /\.yaml:3:1: not valid YAML: /);
});

test('an object of our name that is not ours is refused', async (t) => {
  const { namespace, nameOnCloud } = await withSkyCluster();
  const name = `${nameOnCloud}--skyports-lb`;
  await create({ apiVersion: 'v1', kind: 'Service', metadata: { name, namespace }, spec: { ports: [{ port: 1 }] } });
  const { code, stderr } = await skyports(['expose', 'train', '8888', '-n', namespace]);
  t.is(code, 2);
  t.regex(stderr, /was not created by kubectl skyports/);
});

test('--wait says when the endpoint did not come, and only then fails', async (t) => {
  const { namespace, nameOnCloud } = await withSkyCluster();
  const asked = await skyports(['expose', 'train', '8888', '-n', namespace, '--wait=300ms']);
  t.is(asked.code, 3);
  t.regex(asked.stdout, /<pending> +Pending/);
  t.regex(asked.stderr, /error: not ready after .*\n.*:\n {4}kubectl skyports doctor train 8888 -n \S+\n$/);
  await giveAddress(namespace, `${nameOnCloud}--skyports-lb`);
  await untilBackendReady(namespace, `${nameOnCloud}--skyports-lb`);
  const came = await skyports(['expose', 'train', '8888', '-n', namespace, '--wait']);
  t.is(came.code, 0);
  t.regex(came.stdout, /http:\/\/203\.0\.113\.80:8888 +Ready/);
});

test("--wait is for what was opened, not for what SkyPilot's own Ingress leads to no more", async (t) => {
  const names = await withSkyCluster();
  await makeIngressNginx();
  const user = await powerfulUser(names.namespace);
  await make(skyIngress(names, [8888]));
  const args = ['expose', 'train', '8888', '--mode', 'ingress', '--wait=5m', '-o', 'json'];
  const { code, stdout, stderr } = await skyports(args, user);
  t.is(code, 0, stderr);
  const rows = JSON.parse(stdout).items.map(({ managedBy, state }: Json) => [managedBy, state]);
  t.deepEqual(rows, [['kubectl-skyports', 'Ready']]);
});

test('without a live head it opens the port anyway, with a warning', async (t) => {
  const names = await withSkyCluster();
  const { namespace, nameOnCloud } = names;
  await admin('DELETE', `/api/v1/namespaces/${namespace}/pods/${nameOnCloud}-head?gracePeriodSeconds=0`);
  await make(skyPod(names, { phase: 'Failed' }));
  const { code, stderr } = await skyports(['expose', 'train', '8888', '-n', namespace, '--wait=0']);
  t.is(code, 0);
  t.regex(stderr, /warning: no live Pod has component=train-2ea485ef-head now/);
});

test('unexpose works after the Pods are gone, by the display name', async (t) => {
  await makeIngressNginx();
  const { namespace, nameOnCloud } = await withSkyCluster('My.Train');
  for (const mode of ['loadbalancer', 'ingress']) {
    await skyports(['expose', 'My.Train', '8888', '--mode', mode, '-n', namespace, '--wait=0']);
  }
  await admin('DELETE', `/api/v1/namespaces/${namespace}/pods/${nameOnCloud}-head?gracePeriodSeconds=0`);
  const rows = await skyports(['endpoints', '-n', namespace, '-o', 'jsonpath={.items[*].state}']);
  t.is(rows.stdout, 'Broken Broken');
  const { code, stdout } = await skyports(['unexpose', 'My.Train', '-y', '-n', namespace]);
  t.is(code, 0);
  t.is(stdout.match(/deleted/g)?.length, 4);
  t.deepEqual((await admin('GET', `/api/v1/namespaces/${namespace}/services`)).items, []);
});

test('unexpose closes the ports it is told, and keeps the rest', async (t) => {
  await makeIngressNginx();
  const { namespace, nameOnCloud } = await withSkyCluster();
  for (const mode of ['loadbalancer', 'ingress']) {
    await skyports(['expose', 'train', '8888', '9000', '--mode', mode, '-n', namespace, '--wait=0']);
  }
  t.is((await skyports(['unexpose', 'train', '8888', '-y', '-n', namespace])).code, 0);
  t.deepEqual(portsOf(await service(namespace, `${nameOnCloud}--skyports-lb`)), [[9000, 9000]]);
  const left = await ingress(namespace, `${nameOnCloud}--skyports-ingress`);
  t.is(left.spec.rules[0].http.paths.length, 1);
  t.deepEqual(
    left.metadata.ownerReferences.map(({ name }: Json) => name),
    [`${nameOnCloud}--skyports-svc--9000`],
  );
  t.true(await gone(service(namespace, `${nameOnCloud}--skyports-svc--8888`)));
  t.is((await skyports(['unexpose', 'train', '--mode', 'ingress', '-y', '-n', namespace])).code, 0);
  const ingresses = await admin('GET', `/apis/networking.k8s.io/v1/namespaces/${namespace}/ingresses`);
  t.deepEqual(ingresses.items, []);
  t.deepEqual(portsOf(await service(namespace, `${nameOnCloud}--skyports-lb`)), [[9000, 9000]]);
  t.deepEqual(await skyports(['unexpose', 'train', '1234', '-y', '-n', namespace]), {
    code: 0,
    stdout: '',
    stderr: 'port 1234 is not open\n',
  });
});

test('unexpose asks on a terminal, and refuses without one', async (t) => {
  const { namespace, nameOnCloud } = await withSkyCluster();
  await skyports(['expose', 'train', '8888', '-n', namespace, '--wait=0']);
  const name = `${nameOnCloud}--skyports-lb`;
  const args = ['unexpose', 'train', '-n', namespace];
  const refused = await skyports(args);
  t.is(refused.code, 2);
  t.regex(refused.stderr, /add -y/);
  const no = await skyports(args, { answer: 'n' });
  t.is(no.code, 1);
  t.is(
    no.stderr,
    `will delete service/${name} from ${namespace} namespace\nDelete 1 Service? [y/N] nothing was removed\n`,
  );
  t.is(
    (await skyports([...args, '--dry-run'])).stdout,
    `service/${name} deleted from ${namespace} namespace (dry run)\n`,
  );
  t.is(
    (await skyports([...args, '--dry-run=server'])).stdout,
    `service/${name} deleted from ${namespace} namespace (server dry run)\n`,
  );
  t.truthy(await service(namespace, name));
  const { code, stdout } = await skyports(args, { answer: 'y' });
  t.deepEqual({ code, stdout }, { code: 0, stdout: `service/${name} deleted from ${namespace} namespace\n` });
  t.true(await gone(service(namespace, name)));
});
