import test from 'ava';
import type { Service } from 'kubernetes-types/core/v1';
import type { Ingress } from 'kubernetes-types/networking/v1';
import { planUnexpose, type UnexposeRequest } from '../../src/modes/plan-unexpose.ts';
import { changesAnything } from '../../src/snapshot/plan.ts';
import { labelled } from '../helpers/ingress-world.ts';
import { indexAt, type KubernetesObject } from '../helpers/look.ts';
import { type Asked, exposed, train } from '../helpers/requests.ts';
import {
  ingressClass,
  ingressNginxService,
  skyIngress,
  skyLoadBalancer,
  skyPod,
  skyPortService,
} from '../helpers/skypilot-objects.ts';

const C = train.nameOnCloud;
const base: KubernetesObject[] = [skyPod(train), ingressClass(), ingressNginxService({ ip: '203.0.113.9' })];
const lb = (ports: string): Asked => ({ ports });
const node = (ports: string): Asked => ({ ports, mode: 'nodeport' });
const web = (ports: string): Asked => ({ ports, mode: 'ingress' });

const planOf = (objects: readonly KubernetesObject[], request: Partial<UnexposeRequest> = {}) =>
  planUnexpose(indexAt(objects), { skyCluster: { ...train, pods: [] }, ports: undefined, mode: undefined, ...request });

const short = (name: string | undefined) => name!.replace(`${C}--skyports-`, '');

/** What a plan does, a word a step, in its order. */
function steps(objects: readonly KubernetesObject[], request: Partial<UnexposeRequest> = {}): string {
  const { writes, removals } = planOf(objects, request);
  return [
    ...writes.map(({ manifest, ports, effect }) => `${effect}:${short(manifest.metadata?.name)}=${ports.join('+')}`),
    ...removals.map(({ name }) => `-${short(name)}`),
  ].join(' ');
}

const all = exposed(base, lb('80 81'), node('80'), web('80 82'));
const without = (objects: readonly KubernetesObject[], ...names: readonly string[]) =>
  objects.filter(({ metadata }) => !names.includes(short(metadata?.name)));

const redirects = '-ingress--redirect-80 -ingress--redirect-82';

const cases: Readonly<Record<string, [KubernetesObject[], Partial<UnexposeRequest>, string]>> = {
  everything: [all, {}, `-lb ${redirects} -ingress -svc--80 -svc--82 -nodeport`],
  'one mode': [all, { mode: 'nodeport' }, '-nodeport'],
  'the load balancer': [all, { mode: 'loadbalancer' }, '-lb'],
  'ingress mode: the Ingresses go first': [all, { mode: 'ingress' }, `${redirects} -ingress -svc--80 -svc--82`],
  'a port, wherever it is open': [
    all,
    { ports: [80] },
    'changed:lb=81 changed:ingress=82 -ingress--redirect-80 -svc--80 -nodeport',
  ],
  'a port of one mode': [all, { ports: [80], mode: 'loadbalancer' }, 'changed:lb=81'],
  'a port that only one mode has': [all, { ports: [82] }, 'changed:ingress=80 -ingress--redirect-82 -svc--82'],
  'all ports by number': [all, { ports: [80, 81, 82] }, `-lb ${redirects} -ingress -svc--80 -svc--82 -nodeport`],
  'only the Ingresses are left': [without(all, 'lb', 'nodeport', 'svc--80', 'svc--82'), {}, `${redirects} -ingress`],
  'only the Ingresses are left, by port': [
    without(all, 'lb', 'nodeport', 'svc--80', 'svc--82'),
    { ports: [80] },
    'changed:ingress=82 -ingress--redirect-80',
  ],
  'only the Ingresses are left, all their ports': [
    without(all, 'lb', 'nodeport', 'svc--80', 'svc--82'),
    { ports: [80, 82] },
    `${redirects} -ingress`,
  ],
  'only the Services and their redirects are left': [
    without(all, 'lb', 'nodeport', 'ingress'),
    {},
    `${redirects} -svc--80 -svc--82`,
  ],
  'only the Services and their redirects are left, by port': [
    without(all, 'lb', 'nodeport', 'ingress'),
    { ports: [82] },
    '-ingress--redirect-82 -svc--82',
  ],
  'only a redirect is left': [
    without(all, 'lb', 'nodeport', 'ingress', 'ingress--redirect-80', 'svc--80', 'svc--82'),
    { ports: [82] },
    '-ingress--redirect-82',
  ],
  'one of two Services is gone, its path stays': [
    without(all, 'lb', 'nodeport', 'svc--82'),
    { ports: [80] },
    'changed:ingress=82 -ingress--redirect-80 -svc--80',
  ],
  'one of two Services is gone, its path goes': [
    without(all, 'lb', 'nodeport', 'svc--82'),
    { ports: [82] },
    'changed:ingress=80 -ingress--redirect-82',
  ],
  'the Pods are gone': [exposed([ingressClass()], lb('80')), {}, '-lb'],
  nothing: [base, {}, ''],
};
for (const [title, [objects, request, expected]] of Object.entries(cases)) {
  test(title, (t) => {
    t.is(steps(objects, request), expected);
    t.is(changesAnything(planOf(objects, request)), expected !== '');
  });
}

test('an Ingress of ours with rules that are not ours stays when a port is closed elsewhere', (t) => {
  const strange = all.map((object) => (object.kind === 'Ingress' ? { ...object, spec: { rules: [] } } : object));
  t.is(steps(strange, { ports: [81] }), 'changed:lb=80');
});

test('removals name what was seen', (t) => {
  const { uid, resourceVersion } = all.find(({ metadata }) => short(metadata?.name) === 'lb')!.metadata!;
  t.deepEqual(planOf(all, { mode: 'loadbalancer' }).removals, [
    { kind: 'Service', namespace: 'default', name: `${C}--skyports-lb`, uid: uid!, resourceVersion: resourceVersion! },
  ]);
});

test('what stays is repeated, with its version', (t) => {
  const made = exposed(base, {
    ...lb('80 81'),
    sourceRanges: ['203.0.113.0/24'],
    annotations: { set: { a: '1' }, remove: [] },
  });
  const live = made.find(({ metadata }) => short(metadata?.name) === 'lb') as Service;
  const { manifest } = planOf(made, { ports: [80] }).writes[0]!;
  const { metadata, spec } = manifest as Service;
  t.is(metadata?.resourceVersion, live.metadata?.resourceVersion);
  t.like(metadata?.annotations, { a: '1', 'skyports/sky-cluster': 'train' });
  t.deepEqual(spec?.loadBalancerSourceRanges, ['203.0.113.0/24']);
  t.deepEqual(spec?.ports, [{ name: 'port81', port: 81, targetPort: 81, protocol: 'TCP' }]);
});

test('of an Ingress the other ports stay as they are, owned by their Services; a certificate goes with its host', (t) => {
  const made = exposed(
    base,
    { ...web('80'), host: 'a.example.com', tlsSecret: 'a' },
    { ...web('81'), host: 'b.example.com', tlsSecret: 'b', rewrite: 'keep', path: '/x' },
  );
  const [write] = planOf(made, { ports: [80] }).writes;
  const { spec, metadata } = write!.manifest as Ingress;
  const [before] = made.filter(({ kind }) => kind === 'Ingress') as Ingress[];
  t.deepEqual(spec?.rules, before!.spec!.rules!.slice(1));
  t.deepEqual(spec?.tls, [{ hosts: ['b.example.com'], secretName: 'b' }]);
  t.deepEqual(metadata?.annotations, before!.metadata!.annotations!);
  const service = made.find(({ metadata: each }) => short(each?.name) === 'svc--81')!;
  t.deepEqual(write!.ownedBy, [{ name: `${C}--skyports-svc--81`, uid: service.metadata!.uid }]);
});

test('plain paths of another controller stay plain', (t) => {
  const controller = labelled('traefik', 'traefik', '203.0.113.9');
  const traefik = [skyPod(train), ingressClass('nginx', 'traefik.io/ingress-controller'), controller];
  const made = exposed(traefik, { ...web('80'), rewrite: 'keep' }, { ...web('81'), rewrite: 'keep' });
  const { spec } = planOf(made, { ports: [80] }).writes[0]!.manifest as Ingress;
  t.is(spec?.rules?.[0]?.http?.paths[0]?.pathType, 'Prefix');
});

const theirs: KubernetesObject[] = [
  skyLoadBalancer(train, [80, 8888]),
  skyPortService(train, 9000),
  skyIngress(train, [9000]),
];

test("SkyPilot's objects are left alone, and said to be", (t) => {
  const plan = planOf([...base, ...theirs]);
  t.false(changesAnything(plan));
  t.deepEqual(
    plan.leftAlone.map(({ port, mode, managedBy }) => `${mode} ${port} ${managedBy}`),
    ['loadbalancer 80 skypilot', 'loadbalancer 8888 skypilot', 'ingress 9000 skypilot'],
  );
  t.is(
    steps([...all, ...theirs], { ports: [80] }),
    'changed:lb=81 changed:ingress=82 -ingress--redirect-80 -svc--80 -nodeport',
  );
  t.deepEqual(
    planOf([...all, ...theirs], { ports: [80] }).leftAlone.map(({ port }) => port),
    [80],
  );
  t.deepEqual(
    planOf([...all, ...theirs], { mode: 'ingress' }).leftAlone.map(({ port }) => port),
    [9000],
  );
});

test('a foreign object of our name stays', (t) => {
  const foreign = skyLoadBalancer(train, [80]);
  foreign.metadata!.name = `${C}--skyports-lb`;
  const plan = planOf([...base, foreign]);
  t.false(changesAnything(plan));
  t.deepEqual(
    plan.leftAlone.map(({ managedBy }) => managedBy),
    ['other'],
  );
});

const closed: Readonly<Record<string, [Partial<UnexposeRequest>, string]>> = {
  'a port that nothing opened': [{ ports: [80, 9] }, 'port 9 is not open'],
  several: [{ ports: [9, 80, 10] }, 'ports 9, 10 are not open'],
  'a port of another mode': [{ ports: [81], mode: 'nodeport' }, 'port 81 is not open in nodeport mode'],
};
for (const [title, [request, says]] of Object.entries(closed)) {
  test(`${title} is as it should be`, (t) => t.deepEqual(planOf([...all], request).warnings, [says]));
}

test('a port that only SkyPilot opened is no mistake', (t) => {
  t.false(changesAnything(planOf([...base, ...theirs], { ports: [8888] })));
});

test("another cluster's objects stay", (t) => {
  const other = { ...train, nameOnCloud: `${C}-2` };
  const theirOwn = exposed([...base, skyPod(other)], { ...web('80'), skyCluster: { ...other, pods: [] } });
  t.is(steps([...base, ...theirOwn]), '');
});
