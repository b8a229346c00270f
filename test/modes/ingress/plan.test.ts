import test from 'ava';
import type { Service } from 'kubernetes-types/core/v1';
import type { Ingress } from 'kubernetes-types/networking/v1';
import { Failure } from '../../../src/errors/failure.ts';
import { UsageError } from '../../../src/errors/usage-error.ts';
import { mustNotExist, type PlannedWrite } from '../../../src/snapshot/plan.ts';
import { ask, base, ingressWrite, pathsOf } from '../../helpers/ingress-plans.ts';
import { rowsAt } from '../../helpers/look.ts';
import { type Asked, exposed, planAt, train } from '../../helpers/requests.ts';
import { skyIngress, skyPortService } from '../../helpers/skypilot-objects.ts';

const C = train.nameOnCloud;

const nginx = (key: string) => `nginx.ingress.kubernetes.io/${key}`;
const defaults = {
  [nginx('proxy-body-size')]: '0',
  [nginx('proxy-request-buffering')]: 'off',
  [nginx('proxy-read-timeout')]: '3600',
  [nginx('proxy-send-timeout')]: '3600',
};

test('fresh: a ClusterIP Service and a redirect a port, and one Ingress that the Services own', (t) => {
  const { writes, warnings } = planAt(base, ask({ ports: '9000 80:8888' }));
  t.deepEqual(warnings, []);
  t.deepEqual(
    writes.map(({ kind, effect, ports, manifest }) => [kind, manifest.metadata?.name, effect, ports]),
    [
      ['Service', `${C}--skyports-svc--80`, 'created', [80]],
      ['Service', `${C}--skyports-svc--9000`, 'created', [9000]],
      ['Ingress', `${C}--skyports-ingress--redirect-80`, 'created', [80]],
      ['Ingress', `${C}--skyports-ingress--redirect-9000`, 'created', [9000]],
      ['Ingress', `${C}--skyports-ingress`, 'created', [80, 9000]],
    ],
  );
  const [first] = writes as [PlannedWrite<Service>];
  const last = writes.at(-1) as PlannedWrite<Ingress>;
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
  const [service, redirect, ingress] = writes.map(({ manifest }) => manifest.metadata!);
  t.is(ingress!.annotations![nginx('proxy-body-size')], '8m');
  t.is(ingress!.annotations![nginx('proxy-read-timeout')], undefined);
  t.deepEqual(service!.annotations, { 'skyports/sky-cluster': 'train' });
  t.is(service!.labels!.team, 'ml');
  t.is(ingress!.labels!.team, 'ml');
  t.is(redirect!.annotations![nginx('proxy-body-size')], undefined);
  t.is(redirect!.labels!.team, 'ml');
});

const first = ask({
  ports: '8888',
  annotations: { set: { [nginx('proxy-body-size')]: '8m' }, remove: [nginx('proxy-send-timeout')] },
});
const live = exposed(base, first);

test('the same again changes nothing, neither the Services nor the Ingresses', (t) => {
  for (const asked of [first, ask(), ask({ ingressClass: 'nginx' }), ask({ rewrite: 'strip' })]) {
    t.deepEqual(
      planAt(live, asked).writes.map(({ effect }) => effect),
      ['unchanged', 'unchanged', 'unchanged'],
    );
  }
});

test('a second call adds ports and keeps the rest; a default that was removed stays removed', (t) => {
  const { writes } = planAt(live, ask({ ports: '9000' }));
  t.deepEqual(
    writes.map(({ effect }) => effect),
    ['created', 'unchanged', 'created', 'changed'],
  );
  const { manifest, ownedBy } = writes.at(-1) as PlannedWrite<Ingress>;
  t.deepEqual(pathsOf(manifest), [
    `* /skyports/default/${C}/8888(/|$)(.*) 8888:8888`,
    `* /skyports/default/${C}/9000(/|$)(.*) 9000:9000`,
  ]);
  const present = live.find(({ metadata }) => metadata?.name === `${C}--skyports-ingress`)!;
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

test('a certificate is kept while its host is, replaced and removed by name', (t) => {
  const host = 'app.example.com';
  const covered = exposed(base, ask({ host, tlsSecret: 'cert' }));
  const tlsAfter = (asked: Asked) => ingressWrite(covered, asked).manifest.spec?.tls;
  t.deepEqual(tlsAfter({ ports: '9000' }), [{ hosts: [host], secretName: 'cert' }]);
  t.deepEqual(tlsAfter({ host, tlsSecret: 'other' }), [{ hosts: [host], secretName: 'other' }]);
  t.is(tlsAfter({ host, tlsSecret: '' }), undefined);
  t.is(tlsAfter({ host: 'b.example.com', path: '/x' }), undefined);
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
    /^Ingress train-2ea485ef--skyports-ingress in namespace default was not created by kubectl skyports$/,
  );
  const service = skyPortService(train, 8888);
  service.metadata!.name = `${C}--skyports-svc--8888`;
  t.regex(t.throws(() => planAt([...base, service], ask()), { instanceOf: UsageError }).message, /^Service /);
});

test("a port of SkyPilot's Ingress is left alone; --beside-skypilot writes it at our own path", (t) => {
  const objects = [...base, skyPortService(train, 8888), skyIngress(train, [8888])];
  const plan = planAt(objects, ask({ ports: '8888 9000' }));
  t.deepEqual(
    plan.alreadyOpen.map(({ port }) => port),
    [8888],
  );
  t.deepEqual(
    plan.writes.map(({ ports }) => ports),
    [[9000], [9000], [9000]],
  );
  t.deepEqual(pathsOf(ingressWrite(objects, { besideSkyPilot: true }).manifest), [
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
      [80, 8888, `http://203.0.113.9/skyports/default/${C}/80/`, 'kubectl-skyports', 'Ready'],
      [7860, 7860, 'https://app.example.com', 'kubectl-skyports', 'Ready'],
      [9000, 9000, 'http://203.0.113.9/lab', 'kubectl-skyports', 'Ready'],
    ],
  );
});
