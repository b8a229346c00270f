import test from 'ava';
import type { Service } from 'kubernetes-types/core/v1';
import type { Ingress } from 'kubernetes-types/networking/v1';
import { Failure } from '../../../src/errors/failure.ts';
import { UsageError } from '../../../src/errors/usage-error.ts';
import { mustNotExist, type PlannedWrite } from '../../../src/snapshot/plan.ts';
import { type KubernetesObject, type LookOptions, rowsAt } from '../../helpers/look.ts';
import { type Asked, exposed, planAt, train } from '../../helpers/requests.ts';
import {
  ingressClass,
  ingressNginxService,
  skyIngress,
  skyPod,
  skyPortService,
} from '../../helpers/skypilot-objects.ts';

const C = train.nameOnCloud;
const base: KubernetesObject[] = [skyPod(train), ingressClass(), ingressNginxService({ ip: '203.0.113.9' })];
const ask = (asked: Asked = {}): Asked => ({ mode: 'ingress', ...asked });

/** The write of the Ingress; it is the last. */
function ingressWrite(objects: readonly KubernetesObject[], asked: Asked, options?: LookOptions) {
  return planAt(objects, ask(asked), options).writes.at(-1) as PlannedWrite<Ingress>;
}

/** Host, path, type and backend of every rule, a line each. */
function rulesOf({ spec }: Ingress): string[] {
  return (spec?.rules ?? []).flatMap(({ host, http }) =>
    http!.paths.map(
      ({ path, pathType, backend: { service } }) =>
        `${host ?? '*'} ${path} ${pathType === 'ImplementationSpecific' ? '' : `${pathType} `}${service!.name.replace(`${C}--skyports-svc--`, '')}:${service!.port!.number}`,
    ),
  );
}

const nginx = (key: string) => `nginx.ingress.kubernetes.io/${key}`;
const defaults = {
  [nginx('proxy-body-size')]: '0',
  [nginx('proxy-request-buffering')]: 'off',
  [nginx('proxy-read-timeout')]: '3600',
  [nginx('proxy-send-timeout')]: '3600',
};

test('fresh: a ClusterIP Service a port, then one Ingress that they own', (t) => {
  const { writes, warnings } = planAt(base, ask({ ports: '9000 80:8888' }));
  t.deepEqual(warnings, []);
  t.deepEqual(
    writes.map(({ kind, effect, ports, manifest }) => [kind, manifest.metadata?.name, effect, ports]),
    [
      ['Service', `${C}--skyports-svc--80`, 'created', [80]],
      ['Service', `${C}--skyports-svc--9000`, 'created', [9000]],
      ['Ingress', `${C}--skyports-ingress`, 'created', [80, 9000]],
    ],
  );
  const [first, , last] = writes as [PlannedWrite<Service>, unknown, PlannedWrite<Ingress>];
  t.like(first.manifest.spec, { type: 'ClusterIP', selector: { component: `${C}-head` } });
  t.deepEqual(first.manifest.spec?.ports, [{ name: 'port80', port: 80, targetPort: 8888, protocol: 'TCP' }]);
  t.is(first.ownedBy, undefined);
  t.deepEqual(last.ownedBy, [
    { name: `${C}--skyports-svc--80`, uid: undefined },
    { name: `${C}--skyports-svc--9000`, uid: undefined },
  ]);
  t.deepEqual(last.manifest, {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: {
      name: `${C}--skyports-ingress`,
      namespace: 'default',
      labels: { 'skypilot-cluster-name': C, 'app.kubernetes.io/managed-by': 'kubectl-skyports' },
      annotations: {
        'skyports/sky-cluster': 'train',
        ...defaults,
        [nginx('use-regex')]: 'true',
        [nginx('rewrite-target')]: '/$2',
      },
      resourceVersion: mustNotExist,
    },
    spec: {
      ingressClassName: 'nginx',
      rules: [
        {
          http: {
            paths: [80, 9000].map((port) => ({
              path: `/skyports/default/${C}/${port}(/|$)(.*)`,
              pathType: 'ImplementationSpecific',
              backend: { service: { name: `${C}--skyports-svc--${port}`, port: { number: port } } },
            })),
          },
        },
      ],
    },
  });
});

const routes: Readonly<Record<string, [Asked, string[]]>> = {
  keep: [{ rewrite: 'keep' }, [`* /()(skyports/default/${C}/8888(?:/.*|$)) 8888:8888`]],
  'a path': [{ path: '/team/app' }, ['* /team/app(/|$)(.*) 8888:8888']],
  'a path, kept': [{ path: '/v1.2', rewrite: 'keep' }, ['* /()(v1[.]2(?:/.*|$)) 8888:8888']],
  'the root, by force': [{ path: '', force: true }, ['* /()(.*) 8888:8888']],
  'a host: all of it': [{ host: 'app.example.com' }, ['app.example.com /()(.*) 8888:8888']],
  'a host and a path': [{ host: 'app.example.com', path: '/x' }, ['app.example.com /x(/|$)(.*) 8888:8888']],
  'a host for several ports': [
    { host: 'app.example.com', ports: '80 81' },
    [
      `app.example.com /skyports/default/${C}/80(/|$)(.*) 80:80`,
      `app.example.com /skyports/default/${C}/81(/|$)(.*) 81:81`,
    ],
  ],
};
for (const [title, [asked, expected]] of Object.entries(routes)) {
  test(`fresh, ${title}`, (t) => t.deepEqual(rulesOf(ingressWrite(base, asked).manifest), expected));
}

test('the root of every host is refused', (t) => {
  const error = t.throws(() => planAt(base, ask({ path: '' })), { instanceOf: UsageError });
  t.is(error.message, '--path / without a host would lead every path of every host to port 8888');
});

test('TLS is for the host', (t) => {
  const { spec } = ingressWrite(base, { host: 'app.example.com', tlsSecret: 'cert' }).manifest;
  t.deepEqual(spec?.tls, [{ hosts: ['app.example.com'], secretName: 'cert' }]);
});

test('--annotation goes on the Ingress and overrides defaults, --label on all', (t) => {
  const { writes } = planAt(
    base,
    ask({
      annotations: { set: { [nginx('proxy-body-size')]: '8m' }, remove: [nginx('proxy-read-timeout')] },
      labels: { set: { team: 'ml' }, remove: [] },
    }),
  );
  const [service, ingress] = writes.map(({ manifest }) => manifest.metadata!);
  t.is(ingress!.annotations![nginx('proxy-body-size')], '8m');
  t.is(ingress!.annotations![nginx('proxy-read-timeout')], undefined);
  t.deepEqual(service!.annotations, { 'skyports/sky-cluster': 'train' });
  t.is(service!.labels!.team, 'ml');
  t.is(ingress!.labels!.team, 'ml');
});

const first = ask({
  ports: '8888',
  annotations: { set: { [nginx('proxy-body-size')]: '8m' }, remove: [nginx('proxy-send-timeout')] },
});
const live = exposed(base, first);

test('the same again changes nothing, neither the Services nor the Ingress', (t) => {
  for (const asked of [first, ask(), ask({ ingressClass: 'nginx' }), ask({ rewrite: 'strip' })]) {
    t.deepEqual(
      planAt(live, asked).writes.map(({ effect }) => effect),
      ['unchanged', 'unchanged'],
    );
  }
});

test('a second call adds ports and keeps the rest; a default that was removed stays removed', (t) => {
  const { writes } = planAt(live, ask({ ports: '9000' }));
  t.deepEqual(
    writes.map(({ effect }) => effect),
    ['created', 'changed'],
  );
  const { manifest, ownedBy } = writes.at(-1) as PlannedWrite<Ingress>;
  t.deepEqual(rulesOf(manifest), [
    `* /skyports/default/${C}/8888(/|$)(.*) 8888:8888`,
    `* /skyports/default/${C}/9000(/|$)(.*) 9000:9000`,
  ]);
  const present = live.find(({ kind }) => kind === 'Ingress')!;
  t.is(manifest.metadata?.resourceVersion, present.metadata?.resourceVersion);
  t.is(manifest.metadata?.annotations?.[nginx('proxy-body-size')], '8m');
  t.is(manifest.metadata?.annotations?.[nginx('proxy-send-timeout')], undefined);
  const service = live.find(({ metadata }) => metadata?.name === `${C}--skyports-svc--8888`)!;
  t.deepEqual(ownedBy, [
    { name: `${C}--skyports-svc--8888`, uid: service.metadata!.uid },
    { name: `${C}--skyports-svc--9000`, uid: undefined },
  ]);
  t.is(manifest.metadata?.ownerReferences, undefined);
});

const second: Readonly<Record<string, [first: Asked[], then: Asked, string[]]>> = {
  'a port changes only in what is named: rewrite': [
    [{ path: '/a' }],
    { rewrite: 'keep' },
    ['* /()(a(?:/.*|$)) 8888:8888'],
  ],
  'a port changes only in what is named: path': [
    [{ path: '/a', rewrite: 'keep' }],
    { path: '/b' },
    ['* /()(b(?:/.*|$)) 8888:8888'],
  ],
  'a port changes only in what is named: host': [
    [{ path: '/a' }],
    { host: 'app.example.com' },
    ['app.example.com /a(/|$)(.*) 8888:8888'],
  ],
  'an empty --host takes every host again': [
    [{ path: '/a', host: 'app.example.com' }],
    { host: '' },
    ['* /a(/|$)(.*) 8888:8888'],
  ],
  'a port that loses its host gets the usual path': [
    [{ host: 'app.example.com' }],
    { host: '' },
    [`* /skyports/default/${C}/8888(/|$)(.*) 8888:8888`],
  ],
  'other ports keep their place': [
    [{ ports: '80', path: '/a', rewrite: 'keep', host: 'app.example.com' }],
    { ports: '81', path: '/b' },
    ['app.example.com /()(a(?:/.*|$)) 80:80', '* /b(/|$)(.*) 81:81'],
  ],
};
for (const [title, [calls, then, expected]] of Object.entries(second)) {
  test(title, (t) => t.deepEqual(rulesOf(ingressWrite(exposed(base, ...calls.map(ask)), then).manifest), expected));
}

test('a certificate is kept while its host is, replaced and removed by name', (t) => {
  const host = 'app.example.com';
  const covered = exposed(base, ask({ host, tlsSecret: 'cert' }));
  const tlsAfter = (asked: Asked) => ingressWrite(covered, asked).manifest.spec?.tls;
  t.deepEqual(tlsAfter({ ports: '9000' }), [{ hosts: [host], secretName: 'cert' }]);
  t.deepEqual(tlsAfter({ host, tlsSecret: 'other' }), [{ hosts: [host], secretName: 'other' }]);
  t.is(tlsAfter({ host, tlsSecret: '' }), undefined);
  t.is(tlsAfter({ host: 'b.example.com', path: '/x' }), undefined);
});

const clashes: Readonly<Record<string, [first: Asked[], then: Asked, RegExp]>> = {
  'two ports at one path': [
    [{ path: '/a' }],
    { ports: '9000', path: '/a' },
    /^ports 8888 and 9000 would both answer at any host\/a; give port 9000 another place with --path or --host$/,
  ],
  'strip and keep at one path': [[{ path: '/a' }], { ports: '9000', path: '/a', rewrite: 'keep' }, /would both answer/],
  'two ports at the root of a host': [
    [{ host: 'app.example.com' }],
    { ports: '9000', host: 'app.example.com' },
    /^ports 8888 and 9000 would both answer at app\.example\.com\/;/,
  ],
};
for (const [title, [calls, then, says]] of Object.entries(clashes)) {
  test(`${title} clash`, (t) => {
    const error = t.throws(() => planAt(exposed(base, ...calls.map(ask)), ask(then)), { instanceOf: UsageError });
    t.regex(`${error.message}; ${error.cure}`, says);
  });
}

test('one path on two hosts is no clash', (t) => {
  t.notThrows(() =>
    planAt(exposed(base, ask({ host: 'a.example.com' })), ask({ ports: '9000', host: 'b.example.com' })),
  );
});

const traefik = [skyPod(train), ingressClass('nginx', 'traefik.io/ingress-controller')];
const unknown = [skyPod(train), ingressClass('nginx', 'example.com/mine')];

test("another controller's class cannot rewrite: refused unless nothing is to rewrite", (t) => {
  const error = t.throws(() => planAt(traefik, ask()), { instanceOf: UsageError });
  t.is(
    error.message,
    'IngressClass nginx belongs to Traefik, which does not read nginx annotations, so it cannot take the path prefix away',
  );
  t.is(
    error.cure,
    'give the port a host of its own (--host app.example.com), or let the app see the whole path (--rewrite keep)',
  );
  for (const [asked, rules] of [
    [{ host: 'app.example.com' }, ['app.example.com / Prefix 8888:8888']],
    [{ rewrite: 'keep' }, [`* /skyports/default/${C}/8888 Prefix 8888:8888`]],
    [{ path: '', host: 'app.example.com' }, ['app.example.com / Prefix 8888:8888']],
  ] as const) {
    const { manifest } = ingressWrite(traefik, asked);
    t.deepEqual(rulesOf(manifest), [...rules]);
    t.deepEqual(manifest.metadata?.annotations, { 'skyports/sky-cluster': 'train' });
  }
  t.throws(() => planAt(traefik, ask({ host: 'app.example.com', path: '/x' })), { instanceOf: UsageError });
});

test('a controller nobody knows may read them: --force', (t) => {
  const error = t.throws(() => planAt(unknown, ask()), { instanceOf: UsageError });
  t.regex(error.message, /^IngressClass nginx belongs to example\.com\/mine, which may not read nginx annotations/);
  t.regex(error.cure!, /--force if it is an ingress-nginx$/);
  t.deepEqual(rulesOf(ingressWrite(unknown, { force: true }).manifest), [
    `* /skyports/default/${C}/8888(/|$)(.*) 8888:8888`,
  ]);
});

test('plain paths are read back as they are', (t) => {
  const kept = exposed(traefik, ask({ rewrite: 'keep' }));
  t.deepEqual(
    planAt(kept, ask()).writes.map(({ effect }) => effect),
    ['unchanged', 'unchanged'],
  );
});

test('a class that is not there', (t) => {
  const missing = (objects: readonly KubernetesObject[]) =>
    t.throws(() => planAt(objects, ask({ ingressClass: 'nope' })), { instanceOf: UsageError });
  t.like(missing([...base, ingressClass('public')]), {
    message: 'IngressClass nope is not there; there is nginx, public',
    cure: '--ingress-class nginx',
  });
  t.like(missing([skyPod(train)]), {
    message: 'IngressClass nope is not there, nor is any other: no ingress controller is installed',
    cure: 'choose another mode: --mode loadbalancer, --mode nodeport',
  });
  t.is(ingressWrite(base, { ingressClass: 'nope', force: true }).manifest.spec?.ingressClassName, 'nope');
});

test('the class is kept, and can be changed', (t) => {
  const objects = [...base, ingressClass('public')];
  const made = exposed(objects, ask({ ingressClass: 'public' }));
  t.is(ingressWrite(made, { ports: '9000' }).manifest.spec?.ingressClassName, 'public');
  t.is(ingressWrite(made, { ingressClass: 'nginx' }).manifest.spec?.ingressClassName, 'nginx');
});

test('classes not seen: a warning', (t) => {
  t.deepEqual(planAt(base, ask(), { unseen: ['ingressClasses'] }).warnings, [
    "ingressclasses were not seen (ingressClasses is forbidden): class nginx is taken for ingress-nginx's",
  ]);
});

test('nothing is written over Ingresses that were not seen', (t) => {
  const error = t.throws(() => planAt(base, ask(), { unseen: ['ingresses'] }), { instanceOf: Failure });
  t.regex(error.message, /^ingresses in namespace default were not seen/);
});

test('foreign objects of our names are refused', (t) => {
  const ingress = skyIngress(train, [80]);
  ingress.metadata!.name = `${C}--skyports-ingress`;
  t.regex(
    t.throws(() => planAt([...base, ingress], ask()), { instanceOf: UsageError }).message,
    /^Ingress train-2ea485ef--skyports-ingress in namespace default was not made by kubectl skyports$/,
  );
  const service = skyPortService(train, 8888);
  service.metadata!.name = `${C}--skyports-svc--8888`;
  t.regex(t.throws(() => planAt([...base, service], ask()), { instanceOf: UsageError }).message, /^Service /);
});

test("a port of SkyPilot's Ingress is left alone; --force writes it at our own path", (t) => {
  const objects = [...base, skyPortService(train, 8888), skyIngress(train, [8888])];
  const plan = planAt(objects, ask({ ports: '8888 9000' }));
  t.deepEqual(
    plan.alreadyOpen.map(({ port }) => port),
    [8888],
  );
  t.deepEqual(
    plan.writes.map(({ ports }) => ports),
    [[9000], [9000]],
  );
  t.deepEqual(rulesOf(ingressWrite(objects, { force: true }).manifest), [
    `* /skyports/default/${C}/8888(/|$)(.*) 8888:8888`,
  ]);
});

test('what was written is what endpoints reads', (t) => {
  const objects = exposed(
    base,
    ask({ ports: '80:8888' }),
    ask({ ports: '9000', rewrite: 'keep', path: '/lab' }),
    ask({ ports: '7860', host: 'app.example.com', tlsSecret: 'cert' }),
  );
  t.deepEqual(
    rowsAt(objects).map(({ port, targetPort, url, managedBy, state }) => [port, targetPort, url, managedBy, state]),
    [
      [80, 8888, `http://203.0.113.9/skyports/default/${C}/80`, 'kubectl-skyports', 'Ready'],
      [7860, 7860, 'https://app.example.com', 'kubectl-skyports', 'Ready'],
      [9000, 9000, 'http://203.0.113.9/lab', 'kubectl-skyports', 'Ready'],
    ],
  );
});
