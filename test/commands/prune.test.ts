import test from 'ava';
import { admin, create, type Json, newNamespace, newUser, requestsOf } from '../helpers/cluster.ts';
import { type RunOptions, skyports } from '../helpers/run-skyports.ts';
import { skyIngress, skyLoadBalancer, skyNames, skyPod, skyPortService } from '../helpers/skypilot-objects.ts';
import { make, makeIngressNginx, makeNginxClass, makeNode, powerfulUser, withSkyCluster } from '../helpers/world.ts';

const later = 11 * 60;
const collections = (namespace: string) => [
  `/api/v1/namespaces/${namespace}/services`,
  `/apis/networking.k8s.io/v1/namespaces/${namespace}/ingresses`,
];

/** `service/NAME` of all Services and Ingresses that are not on their way out, with uid and resourceVersion. */
async function standing(namespace: string): Promise<Record<string, string>> {
  const lists = await Promise.all(collections(namespace).map((path) => admin('GET', path)));
  return Object.fromEntries(
    lists.flatMap(({ items, kind }: Json) =>
      items
        .filter(({ metadata }: Json) => !metadata.deletionTimestamp)
        .map(({ metadata: { name, uid, resourceVersion } }: Json) => [
          `${kind.replace('List', '').toLowerCase()}/${name}`,
          `${uid} ${resourceVersion}`,
        ]),
    ),
  );
}

const foreign = (namespace: string, name: string, labels: object, selector: object) => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name, namespace, labels },
  spec: { ports: [{ port: 80 }], selector },
});

/** A namespace with clusters that live, die and are gone, and with objects that only look like theirs. */
async function mixture() {
  await makeIngressNginx();
  const { namespace } = await withSkyCluster('living');
  await make(skyLoadBalancer(skyNames(namespace, 'living'), [80]));
  const expose = async (displayName: string) => {
    const names = skyNames(namespace, displayName);
    if (displayName !== 'living') await make(skyPod(names));
    for (const mode of ['loadbalancer', 'nodeport', 'ingress']) {
      const { code, stderr } = await skyports([
        'expose',
        displayName,
        '80',
        '--mode',
        mode,
        '--wait=0',
        '-n',
        namespace,
      ]);
      if (code !== 0) throw new Error(stderr);
    }
    return names;
  };
  await expose('living');
  const dying = await expose('dying');
  await hold(namespace, `${dying.nameOnCloud}-head`);
  await remove(namespace, `${dying.nameOnCloud}-head`);
  const gone = await expose('gone');
  await remove(namespace, `${gone.nameOnCloud}-head`);
  const leaked = skyNames(namespace, 'leaked');
  await make(skyLoadBalancer(leaked, [80]), skyPortService(leaked, 81), skyIngress(leaked, [81]));
  const controller = skyNames(namespace, 'controller');
  await make(skyLoadBalancer(controller, [80]));
  await create(deploymentOf(namespace, controller.nameOnCloud));
  const C = leaked.nameOnCloud;
  await make(
    foreign(namespace, 'frontend', { 'app.kubernetes.io/managed-by': 'kubectl-skyports' }, {}),
    foreign(namespace, `${C}-web`, { parent: 'skypilot', 'skypilot-cluster-name': C }, { 'skypilot-cluster-name': C }),
    foreign(namespace, 'other--skypilot-lb', { parent: 'skypilot' }, { app: 'other' }),
    foreign(namespace, 'other--skyports-lb', { 'skypilot-cluster-name': 'other' }, { app: 'other' }),
  );
  return { namespace, gone: gone.nameOnCloud, leaked: C };
}

const podPath = (namespace: string, name: string) => `/api/v1/namespaces/${namespace}/pods/${name}`;
const remove = (namespace: string, name: string) => admin('DELETE', `${podPath(namespace, name)}?gracePeriodSeconds=0`);

/** A Pod with a finalizer stays for a while, as one does whose containers take their time to end. */
const hold = (namespace: string, name: string) =>
  admin('PATCH', podPath(namespace, name), { metadata: { finalizers: ['example.com/hold'] } });

/** A high-availability controller between two Pods. */
const deploymentOf = (namespace: string, nameOnCloud: string) => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: `${nameOnCloud}-deployment`, namespace, labels: { 'skypilot-cluster-name': nameOnCloud } },
  spec: {
    replicas: 0,
    selector: { matchLabels: { app: nameOnCloud } },
    template: {
      metadata: { labels: { app: nameOnCloud } },
      spec: { containers: [{ name: 'ray-node', image: 'example.invalid/skypilot' }] },
    },
  },
});

const prune = (namespace: string, args: readonly string[], options: RunOptions = {}) =>
  skyports(['prune', '-n', namespace, ...args], { later, ...options });

const without = (all: Record<string, string>, names: readonly string[]) =>
  Object.fromEntries(Object.entries(all).filter(([name]) => !names.includes(name)));

const oursOf = (C: string) => [
  `ingress/${C}--skyports-ingress`,
  `ingress/${C}--skyports-ingress--redirect-80`,
  `service/${C}--skyports-lb`,
  `service/${C}--skyports-nodeport`,
  `service/${C}--skyports-svc--80`,
];
const skyPilotsOf = (C: string) => [
  `ingress/${C}-skypilot-ingress`,
  `service/${C}--skypilot-lb`,
  `service/${C}--skypilot-svc--81`,
];

test('of living, dying, leaked, foreign and look-alike objects it takes exactly the right ones', async (t) => {
  const { namespace, gone, leaked } = await mixture();
  const before = await standing(namespace);

  const dry = await prune(namespace, ['--dry-run']);
  t.is(dry.code, 0, dry.stderr);
  t.deepEqual(
    dry.stdout
      .trim()
      .split('\n')
      .map((line) => line.split(' ')[0]!.replace('.networking.k8s.io', ''))
      .sort(),
    oursOf(gone).sort(),
  );
  t.regex(dry.stdout, /\(dry run\)\n$/);
  const rehearsed = await prune(namespace, ['--dry-run=server']);
  t.is(rehearsed.stdout, dry.stdout.replaceAll('(dry run)', '(server dry run)'));
  t.deepEqual(await standing(namespace), before, 'dry runs remove nothing');

  const early = await prune(namespace, ['-y'], { later: 0 });
  t.is(early.code, 0);
  t.is(early.stdout, '');
  t.regex(early.stderr, new RegExp(`Service ${namespace}/${gone}--skyports-lb is younger than 10 minutes and stays`));
  t.regex(early.stderr, /^nothing to remove yet$/m);
  t.deepEqual(await standing(namespace), before, 'what is young stays');

  const { code, stdout, stderr } = await prune(namespace, ['-y']);
  t.is(code, 0, stderr);
  t.is(stdout, dry.stdout.replaceAll(' (dry run)', ''));
  t.deepEqual(await standing(namespace), without(before, oursOf(gone)));
  t.deepEqual(
    [...stderr.matchAll(/^ {4}kubectl delete (\S+) (\S+) -n (\S+) --interactive$/gm)].map(([, kind, name, place]) => [
      `${kind}/${name}`,
      place,
    ]),
    skyPilotsOf(leaked).map((name) => [name, namespace]),
  );

  const all = await prune(namespace, ['-y', '--include-skypilot']);
  t.is(all.code, 0, all.stderr);
  t.is(all.stderr, '');
  t.deepEqual(await standing(namespace), without(before, [...oursOf(gone), ...skyPilotsOf(leaked)]));

  const again = await prune(namespace, ['-y', '--include-skypilot']);
  t.deepEqual(
    [again.code, again.stdout, again.stderr],
    [0, '', 'there are no leftovers of deleted SkyPilot clusters, and no port is open for too long\n'],
  );
});

test('-A: namespaces apart, one look at all of them', async (t) => {
  const [one, other] = await Promise.all([newNamespace(), newNamespace()]);
  await Promise.all([makeNode(), makeNginxClass()]);
  await make(skyLoadBalancer(skyNames(one, 'train'), [80]), skyLoadBalancer(skyNames(other, 'train'), [80]));
  await make(skyPod(skyNames(other, 'train')));
  const user = await powerfulUser(one);
  const { code, stderr } = await skyports(['prune', '-A', '--dry-run'], { later, kubeconfig: user.kubeconfig });
  t.is(code, 0, stderr);
  t.true(stderr.includes(`kubectl delete service train-2ea485ef--skypilot-lb -n ${one} --interactive\n`));
  t.false(stderr.includes(`-n ${other}`));
  const lists = (await requestsOf(user.name)).filter(({ verb }) => verb === 'list');
  t.is(lists.length, 4);
});

for (const hidden of ['pods', 'deployments']) {
  test(`who may not list ${hidden} removes nothing, and is told why`, async (t) => {
    const namespace = await newNamespace();
    await make(skyLoadBalancer(skyNames(namespace, 'train'), [80]));
    const before = await standing(namespace);
    const all = ['pods', 'deployments', 'services', 'ingresses'].filter((resource) => resource !== hidden);
    const user = await newUser(namespace, { rules: [{ apiGroups: ['*'], resources: all, verbs: ['*'] }] });
    const { code, stdout, stderr } = await prune(namespace, ['-y', '--include-skypilot'], user);
    t.is(code, 4);
    t.is(stdout, '');
    t.regex(
      stderr,
      new RegExp(
        `^warning: ${hidden} in namespace .* were not seen .*; so nothing is removed\n.*\n {4}kubectl auth can-i list ${hidden}`,
      ),
    );
    t.deepEqual(await standing(namespace), before);
    const here = await skyports(['prune', '-n', namespace, '-y', '--kubeconfig', user.kubeconfig]);
    t.true(
      here.stderr.includes(`\n    kubectl auth --kubeconfig ${user.kubeconfig} can-i list ${hidden}`),
      here.stderr,
    );
  });
}

test('who may not list Ingresses removes Services, and is told that Ingresses stay', async (t) => {
  const namespace = await newNamespace();
  await makeNginxClass();
  const leaked = skyNames(namespace, 'train');
  await make(skyLoadBalancer(leaked, [80]), skyIngress(leaked, [80]));
  const user = await newUser(namespace, {
    rules: [{ apiGroups: ['*'], resources: ['pods', 'deployments', 'services'], verbs: ['*'] }],
  });
  const { code, stdout, stderr } = await prune(namespace, ['-y', '--include-skypilot'], user);
  t.is(code, 4, stderr);
  t.is(stdout, `service/train-2ea485ef--skypilot-lb deleted from ${namespace} namespace\n`);
  t.regex(
    stderr,
    /^warning: ingresses in namespace .* were not seen .*their leftovers stay\n.*\n {4}kubectl auth can-i list ingresses/,
  );
  t.deepEqual(Object.keys(await standing(namespace)), ['ingress/train-2ea485ef-skypilot-ingress']);
});

test('who may not delete is told so by the server, and nothing is removed', async (t) => {
  const namespace = await newNamespace();
  await make(skyLoadBalancer(skyNames(namespace, 'train'), [80]));
  const user = await newUser(namespace, { rules: [{ apiGroups: ['*'], resources: ['*'], verbs: ['list'] }] });
  const { code, stderr } = await prune(namespace, ['-y', '--include-skypilot'], user);
  t.is(code, 1);
  t.regex(stderr, /cannot delete resource "services"/);
  t.is(Object.keys(await standing(namespace)).length, 1);
});

test('it asks first, and a no changes nothing', async (t) => {
  const namespace = await newNamespace();
  await make(skyLoadBalancer(skyNames(namespace, 'train'), [80]));
  const answered = (answer: string) => prune(namespace, ['--include-skypilot'], { answer });
  const no = await answered('');
  t.is(no.code, 1);
  t.is(
    no.stderr,
    `will delete service/train-2ea485ef--skypilot-lb from ${namespace} namespace\nDelete 1 Service? [y/N] nothing was removed\n`,
  );
  t.is(Object.keys(await standing(namespace)).length, 1);
  t.is((await answered('y')).code, 0);
  t.is(Object.keys(await standing(namespace)).length, 0);
});

test('no terminal and no -y, or a name: refused', async (t) => {
  const refused = await skyports(['prune']);
  t.is(refused.code, 2);
  t.regex(refused.stderr, /no terminal to ask on\nadd --dry-run .*\nadd -y /);
  const named = await skyports(['prune', 'train', '-y']);
  t.is(named.code, 2);
  t.regex(named.stderr, /^error: prune takes no name.*\n.*\n {4}kubectl skyports unexpose train\n$/);
});

test('every example of its help runs', async (t) => {
  const { pruneExamples } = await import('../../src/commands/prune/command.ts');
  const namespace = await newNamespace();
  const user = await newUser(namespace, { clusterRules: [{ apiGroups: ['*'], resources: ['*'], verbs: ['list'] }] });
  for (const { line } of pruneExamples) {
    const { code, stderr } = await skyports(line.split(' ').slice(2), { ...user, later: 0 });
    t.is(code, 0, `${line}: ${stderr}`);
  }
});
