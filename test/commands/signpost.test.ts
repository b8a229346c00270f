import { setTimeout as delay } from 'node:timers/promises';
import test from 'ava';
import { annotateExamples } from '../../src/commands/annotate/command.ts';
import { findPrograms } from '../cluster/binaries.ts';
import { clusterVariable } from '../cluster/cluster-description.ts';
import { type RunningCluster, startCluster } from '../cluster/start.ts';
import { failure, proxy } from '../faults/proxy.ts';
import { admin, create, type Json, kubectl, newNamespace, newUser } from '../helpers/cluster.ts';
import { type RunOptions, skyports } from '../helpers/run-skyports.ts';
import {
  ingressClass,
  ingressNginxService,
  skyIngress,
  skyNames,
  skyPod,
  skyPortService,
} from '../helpers/skypilot-objects.ts';
import { make } from '../helpers/world.ts';

// The Service that SkyPilot reads is one for a whole cluster, and these tests need it in every state: they have a
// cluster of their own, and go through its states one after the other.
let running: RunningCluster;
let namespace: string;
const service = '/api/v1/namespaces/ingress-nginx/services/ingress-nginx-controller';
const classes = '/apis/networking.k8s.io/v1/ingressclasses';
const key = 'skypilot.co/external-ip';
const path = () => `/skypilot/${namespace}/train-2ea485ef/8888`;

const annotate = (args: readonly string[], options?: RunOptions) =>
  skyports(['annotate', '-n', namespace, ...args], options);
const there = (what: string) =>
  admin('GET', what).then(
    () => true,
    () => false,
  );
const skyPrints = async () => (await skyports(['endpoints', 'train', '-n', namespace, '-o', 'sky'])).stdout;
const urlOf = async (...args: string[]) =>
  (await skyports(['endpoints', 'train', '-n', namespace, '-o', 'url', ...args])).stdout;

test.before(async () => {
  running = await startCluster(await findPrograms());
  process.env[clusterVariable] = running.descriptionFile;
  namespace = await newNamespace();
  const train = skyNames(namespace, 'train');
  await make(
    node('gpu-1', '203.0.113.11', '10.0.0.11'),
    node('gpu-2', undefined, '10.0.0.12'),
    skyPod(train, { nodeName: 'gpu-1' }),
    skyPortService(train, 8888),
    skyIngress(train, [8888]),
  );
});

test.after.always(() => running?.stop());

function node(name: string, external: string | undefined, internal: string) {
  const addresses = [{ type: 'InternalIP', address: internal }];
  if (external) addresses.push({ type: 'ExternalIP', address: external });
  const status = { conditions: [{ type: 'Ready', status: 'True' }], addresses };
  return { apiVersion: 'v1', kind: 'Node', metadata: { name }, status };
}

test.serial('nothing where SkyPilot looks: every way in names --signpost', async (t) => {
  for (const [args, address] of [
    [['203.0.113.7'], '203.0.113.7'],
    [['-y'], 'ADDRESS'],
    [['--show'], 'ADDRESS'],
  ] as const) {
    const { code, stderr } = await annotate(args);
    t.is(code, 2);
    t.regex(
      stderr,
      /^error: Service ingress-nginx\/ingress-nginx-controller does not exist, and SkyPilot reads no other/,
    );
    t.true(stderr.endsWith(`:\n    kubectl skyports annotate --signpost ${address}\n`), stderr);
  }
  const none = await annotate(['--remove-signpost']);
  t.deepEqual([none.code, none.stdout], [0, '']);
  t.regex(none.stderr, /there is no signpost here/);
});

test.serial('a real controller elsewhere: its address is in the cure', async (t) => {
  await create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'web' } });
  const real = ingressNginxService({ name: 'real', namespace: 'web', ip: '203.0.113.70' });
  await make(ingressClass('public'), real);
  const { stderr } = await annotate(['--show']);
  t.regex(stderr, /^ {4}kubectl skyports annotate --signpost 203\.0\.113\.70$/m);
});

test.serial('--signpost asks which class is meant when several controllers could be', async (t) => {
  await make(ingressClass('traefik', 'traefik.io/ingress-controller'));
  const { code, stderr } = await annotate(['--signpost', '203.0.113.70']);
  t.is(code, 2);
  t.regex(stderr, /classes of several controllers do: .*public \(k8s\.io\/ingress-nginx\)/);
  t.false(await there('/api/v1/namespaces/ingress-nginx'));
});

test.serial('dry runs of --signpost write nothing', async (t) => {
  const args = ['--signpost', '203.0.113.70', '--ingress-class', 'public'];
  for (const [how, said] of [
    ['client', 'dry run'],
    ['server', 'server dry run'],
  ]) {
    const { code, stdout, stderr } = await annotate([...args, `--dry-run=${how}`]);
    t.is(code, 0, stderr);
    t.is(
      stdout,
      `namespace/ingress-nginx created (${said})\ningressclass.networking.k8s.io/nginx created (${said})\nservice/ingress-nginx-controller created (${said})\n`,
    );
    t.true(stderr.includes(`http://203.0.113.70${path()}`), stderr);
  }
  const { items } = JSON.parse((await annotate([...args, '--dry-run', '-o', 'json'])).stdout);
  t.deepEqual(items[2].status.loadBalancer.ingress, [{ ip: '203.0.113.70', ipMode: 'Proxy' }]);
  t.false(await there('/api/v1/namespaces/ingress-nginx'));
  t.false(await there(`${classes}/nginx`));
});

test.serial('a signpost without the right to its status is taken back', async (t) => {
  const rules = [
    { apiGroups: ['', 'networking.k8s.io'], resources: ['services', 'namespaces', 'ingressclasses'], verbs: ['*'] },
  ];
  const user = await newUser(namespace, { clusterRules: rules });
  const { code, stderr } = await annotate(['--signpost', '203.0.113.70', '--ingress-class', 'public'], user);
  t.is(code, 1);
  t.regex(stderr, /can-i patch services --subresource=status -n ingress-nginx/);
  t.false(await there(service));
  t.false(await there(`${classes}/nginx`));
  while (await there('/api/v1/namespaces/ingress-nginx')) await delay(50);
});

test.serial('--signpost makes SkyPilot print an address', async (t) => {
  t.is(await skyPrints(), '');
  const { code, stdout, stderr } = await annotate(['--signpost', '203.0.113.70', '--ingress-class', 'public']);
  t.is(code, 0, stderr);
  t.is(stdout, `SKYCLUSTER   PORT   SKYPILOT-PRINTS\ntrain        8888   http://203.0.113.70${path()}\n`);
  t.regex(stderr, /IngressClass nginx, .* gets the controller of IngressClass public, k8s\.io\/ingress-nginx/);
  t.regex(stderr, /^service\/ingress-nginx-controller created$/m);
  t.is(await skyPrints(), `8888: http://203.0.113.70${path()}\n`);
  const made = await admin('GET', service);
  t.like(made.spec, {
    type: 'LoadBalancer',
    loadBalancerClass: 'skyports/signpost',
    allocateLoadBalancerNodePorts: false,
  });
  t.is(made.spec.selector, undefined);
  t.deepEqual(
    made.spec.ports.map(({ name, port, nodePort }: Json) => [name, port, nodePort]),
    [
      ['http', 80, undefined],
      ['https', 443, undefined],
    ],
  );
  t.is(made.metadata.labels['app.kubernetes.io/managed-by'], 'kubectl-skyports');
  t.regex(made.metadata.annotations['skyports/signpost'], /Leads nowhere/);
  t.is((await admin('GET', `${classes}/nginx`)).spec.controller, 'k8s.io/ingress-nginx');
});

test.serial("endpoints gives the real controller's address, whatever the signpost says", async (t) => {
  for (const options of [{}, { answer: 'n' }]) {
    const kept = await annotate(['--signpost', 'gpu.example.com'], options);
    t.is(kept.code, 'answer' in options ? 1 : 2);
    t.is(await skyPrints(), `8888: http://203.0.113.70${path()}\n`);
  }
  const moved = await annotate(['--signpost', 'gpu.example.com'], { answer: 'y' });
  t.regex(moved.stderr, /Replace "203\.0\.113\.70" by "gpu\.example\.com"\? \[y\/N\]/);
  t.is(moved.code, 0, moved.stderr);
  t.regex(moved.stderr, /the signpost showed 203\.0\.113\.70/);
  t.regex(moved.stderr, /^service\/ingress-nginx-controller changed$/m);
  t.is(await skyPrints(), `8888: http://gpu.example.com${path()}\n`);
  const expected = `http://203.0.113.70${path()}/\n`;
  t.is(await urlOf(), expected);
  t.is(await urlOf('--ingress-service', 'web/real'), expected);
  await admin('DELETE', '/api/v1/namespaces/web/services/real');
  t.is(await urlOf(), `http://gpu.example.com${path()}/\n`);
});

test.serial('the same signpost again writes nothing', async (t) => {
  const { metadata } = await admin('GET', service);
  const { code, stderr } = await annotate(['--signpost', 'gpu.example.com']);
  t.is(code, 0);
  t.regex(stderr, /^service\/ingress-nginx-controller unchanged$/m);
  t.is((await admin('GET', service)).metadata.resourceVersion, metadata.resourceVersion);
});

test.serial('annotate says that a signpost is one', async (t) => {
  const { code, stderr } = await annotate(['203.0.113.7']);
  t.is(code, 2);
  t.regex(
    stderr,
    /is a signpost with the address gpu\.example\.com.*\n.*\n {4}kubectl skyports annotate --signpost ADDRESS$/m,
  );
});

test.serial('the status of a signpost is a write like others: it is looked up, or named as not done', async (t) => {
  const signpost = (address: string, kubeconfig?: string) =>
    skyports(
      ['annotate', '--signpost', address, '-y', '-n', namespace],
      kubeconfig === undefined ? {} : { kubeconfig },
    );
  const isStatus = (method: string, path: string) => method === 'PATCH' && path.endsWith('/status');
  const lost = await proxy(namespace, async ({ method, path, pass, drop }) => {
    if (!isStatus(method, path)) return undefined;
    await pass();
    return drop();
  });
  const refused = await proxy(namespace, ({ method, path, answer }) =>
    isStatus(method, path) ? answer(500, failure(500, 'etcd is full')) : undefined,
  );
  t.teardown(() => {
    refused.close();
    lost.close();
  });
  const set = await signpost('203.0.113.76');
  t.is(set.code, 0, set.stderr);
  const second = await signpost('203.0.113.77', refused.kubeconfig);
  const first = await signpost('203.0.113.78', lost.kubeconfig);
  t.is(first.code, 0, first.stderr);
  t.regex(second.stderr, /not done: .*ingress-nginx-controller/);
});

test.serial('--remove-signpost takes what is ours, and the class only when nobody uses it', async (t) => {
  for (const how of ['client', 'server']) {
    t.regex(
      (await annotate(['--remove-signpost', `--dry-run=${how}`])).stdout,
      /^service\/\S+ deleted \(.*dry run\)\n$/,
    );
    t.true(await there(service));
  }
  const first = await annotate(['--remove-signpost', '--as=root', '--as-group=system:masters']);
  t.deepEqual(
    [first.code, first.stdout],
    [0, 'service/ingress-nginx-controller deleted from ingress-nginx namespace\n'],
  );
  t.regex(first.stderr, /IngressClass nginx stays: Ingress \S+\/train-2ea485ef-skypilot-ingress uses it/);
  t.regex(first.stderr, /^ {4}kubectl delete --as root --as-group system:masters ingressclass nginx --interactive$/m);
  await admin('PATCH', `/apis/networking.k8s.io/v1/namespaces/${namespace}/ingresses/train-2ea485ef-skypilot-ingress`, {
    spec: { ingressClassName: 'public' },
  });
  const second = await annotate(['--remove-signpost']);
  t.is(second.stdout, 'ingressclass.networking.k8s.io/nginx deleted\n');
  t.false(await there(`${classes}/nginx`));
  t.true(await there(`${classes}/public`));
  t.true(await there('/api/v1/namespaces/ingress-nginx'));
});

test.serial('a NodePort controller: SkyPilot prints localhost until an address is chosen', async (t) => {
  const real = ingressNginxService({ type: 'NodePort' });
  await make(real);
  const { nodePort } = (await admin('GET', service)).spec.ports[0];
  t.is(await skyPrints(), `8888: http://localhost:${nodePort}${path()}\n`);
  const refused = await annotate([]);
  t.is(refused.code, 2);
  const proposals =
    '1   203.0.113.11   ExternalIP of node gpu-1\n2   10.0.0.11      InternalIP of node gpu-1\n3   10.0.0.12      InternalIP of node gpu-2\n';
  for (const answer of ['4', 'x', '0', '1.5']) {
    const { code, stderr } = await annotate([], { answer });
    t.is(code, 2);
    t.true(
      stderr.startsWith(`${proposals}Which address should SkyPilot use? [1] error: "${answer}" is not one of them`),
      stderr,
    );
  }
  t.is((await admin('GET', service)).metadata.annotations, undefined);
  for (const [answer, chosen] of [
    ['3', '10.0.0.12'],
    ['', '203.0.113.11'],
  ]) {
    const answers = [answer!, 'y'];
    const { code, stdout, stderr } = await annotate([], { answer: () => answers.shift()! });
    t.is(code, 0, stderr);
    t.is(stdout, `SKYCLUSTER   PORT   SKYPILOT-PRINTS\ntrain        8888   http://${chosen}:${nodePort}${path()}\n`);
    t.is(await skyPrints(), `8888: http://${chosen}:${nodePort}${path()}\n`);
  }
  const removed = await annotate(['--remove']);
  t.regex(removed.stdout, new RegExp(`http://localhost:${nodePort}/`));
  const first = await annotate(['-y']);
  t.is(first.code, 0);
  t.is((await admin('GET', service)).metadata.annotations[key], '203.0.113.11');
  const node2 = await annotate(['--node', 'gpu-2', '-y']);
  t.is(node2.code, 0, node2.stderr);
  const shown = await annotate(['--show']);
  t.is(shown.stdout, '10.0.0.12\n');
  t.regex(shown.stderr, new RegExp(`http://10\\.0\\.0\\.12:${nodePort}/skypilot/`));
});

test.serial('it does what kubectl annotate --overwrite does', async (t) => {
  const byUs = async () => {
    t.is((await annotate(['198.51.100.1', '-y'])).code, 0);
    return (await admin('GET', service)).metadata.annotations;
  };
  const byKubectl = async () => {
    const args = ['annotate', '--overwrite', 'service', 'ingress-nginx-controller', '-n', 'ingress-nginx'];
    t.is((await kubectl([...args, `${key}=203.0.113.9`])).code, 0);
    return (await admin('GET', service)).metadata.annotations;
  };
  t.deepEqual(await byUs(), { [key]: '198.51.100.1' });
  t.deepEqual(await byKubectl(), { [key]: '203.0.113.9' });
  t.deepEqual(await byUs(), { [key]: '198.51.100.1' });
});

test.serial('with no port in ingress mode the shape of the URL is shown', async (t) => {
  const elsewhere = await newNamespace();
  const { stdout, stderr } = await skyports(['annotate', '203.0.113.7', '-y', '-n', elsewhere]);
  t.regex(stdout, new RegExp(`^C +P +http://203\\.0\\.113\\.7:\\d+/skypilot/${elsewhere}/C/P$`, 'm'));
  t.regex(stderr, /no port in ingress mode is open .*; C stands for a name on the cloud, P for a port/);
});

test.serial('every example of --help runs', async (t) => {
  // Each is what a user would type first: nothing is set yet.
  await annotate(['--remove']);
  const lines = annotateExamples.map(({ line }) => line.split(' ').slice(3));
  t.is(lines.length, 5);
  for (const args of lines) {
    if (args[0] === '--signpost') await Promise.all([admin('DELETE', service), make(ingressClass())]);
    const { code, stdout, stderr } = await annotate(args);
    t.is(code, 0, stderr);
    t.not(stdout, '', args.join(' '));
  }
});
