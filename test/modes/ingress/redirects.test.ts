import test from 'ava';
import type { Ingress } from 'kubernetes-types/networking/v1';
import { UsageError } from '../../../src/errors/usage-error.ts';
import { onlyRedirects } from '../../../src/modes/ingress/own-ingresses.ts';
import { mustNotExist, type PlannedWrite } from '../../../src/snapshot/plan.ts';
import { ask, base } from '../../helpers/ingress-plans.ts';
import { type KubernetesObject, rowsAt } from '../../helpers/look.ts';
import { type Asked, exposed, planAt, train } from '../../helpers/requests.ts';
import { ingressClass, ingressNginxService, skyIngress, skyPod } from '../../helpers/skypilot-objects.ts';

const C = train.nameOnCloud;
const nginx = (key: string) => `nginx.ingress.kubernetes.io/${key}`;

const redirectsOf = (objects: readonly KubernetesObject[], asked: Asked) =>
  planAt(objects, ask(asked)).writes.filter((write): write is PlannedWrite<Ingress> =>
    onlyRedirects(write.manifest as Ingress),
  );

const targetOf = (objects: readonly KubernetesObject[], asked: Asked = {}) =>
  redirectsOf(objects, asked)[0]?.manifest.metadata?.annotations?.[nginx('permanent-redirect')];

test('a port whose prefix goes has an Ingress that redirects to the final slash, and goes with its Service', (t) => {
  const [redirect, ...others] = redirectsOf(base, {});
  t.deepEqual(others, []);
  t.deepEqual(redirect?.ownedBy, [{ name: `${C}--skyports-svc--8888`, uid: undefined }]);
  t.deepEqual(redirect?.manifest, {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: {
      name: `${C}--skyports-ingress--redirect-8888`,
      namespace: 'default',
      labels: { 'skypilot-cluster-name': C, 'app.kubernetes.io/managed-by': 'kubectl-skyports' },
      annotations: {
        'skyports/sky-cluster': 'train',
        'skyports/only-redirects': 'true',
        [nginx('use-regex')]: 'true',
        [nginx('rewrite-target')]: '/',
        [nginx('permanent-redirect')]: '8888/',
        [nginx('permanent-redirect-code')]: '307',
      },
      resourceVersion: mustNotExist,
    },
    spec: {
      ingressClassName: 'nginx',
      rules: [
        {
          http: {
            paths: [
              {
                path: `/skyports/default/${C}/8888()()()()()$`,
                pathType: 'ImplementationSpecific',
                backend: { service: { name: `${C}--skyports-svc--8888`, port: { number: 8888 } } },
              },
            ],
          },
        },
      ],
    },
  });
});

test('no port without a prefix, with its whole path or behind a controller of its own annotations has one', (t) => {
  const of = (controller: string) => [skyPod(train), { ...ingressClass(), spec: { controller } }];
  for (const [objects, asked] of [
    [base, { rewrite: 'keep' }],
    [base, { host: 'app.example.com' }],
    [base, { host: '{port}.example.com' }],
    [of('traefik.io/ingress-controller'), { rewrite: 'keep', force: true }],
  ] as const) {
    t.deepEqual(redirectsOf(objects, asked), []);
  }
  t.is(redirectsOf(of('rke2.cattle.io/ingress-nginx-migration'), {}).length, 1);
});

test('the query is kept where the controller admits variables: ingress-nginx before 1.12', (t) => {
  const at = (version: string | undefined) => {
    const service = ingressNginxService({ ip: '203.0.113.9' });
    const labels = { ...service.metadata?.labels, ...(version && { 'app.kubernetes.io/version': version }) };
    return [skyPod(train), ingressClass(), { ...service, metadata: { ...service.metadata, labels } }];
  };
  for (const version of ['1.11.1', 'v1.9.6', '1.2.0']) t.is(targetOf(at(version)), '8888/$is_args$args', version);
  for (const version of [undefined, '1.12.0', '1.15.1', '2.0.0', 'latest'])
    t.is(targetOf(at(version)), '8888/', version);
});

test('the target is the last part of the path, also of one of the user', (t) => {
  t.is(targetOf(base, { path: '/team/v1.2' }), 'v1.2/');
  const [redirect] = redirectsOf(base, { path: '/team/v1.2', host: 'app.example.com', tlsSecret: 'cert' });
  const { rules, tls } = redirect!.manifest.spec!;
  t.is(rules?.[0]?.host, 'app.example.com');
  t.is(rules?.[0]?.http?.paths[0]?.path, '/team/v1[.]2()()()()()$');
  t.deepEqual(tls, [{ hosts: ['app.example.com'], secretName: 'cert' }]);
});

const redirected = exposed(base, ask());

test('it follows the path, host and class of its port', (t) => {
  const [moved] = redirectsOf(redirected, { path: '/mine', host: 'app.example.com' });
  t.is(moved?.effect, 'changed');
  t.is(moved?.manifest.spec?.rules?.[0]?.host, 'app.example.com');
  t.is(moved?.manifest.spec?.rules?.[0]?.http?.paths[0]?.path, '/mine()()()()()$');
  const second = { ...ingressClass(), metadata: { name: 'second' } };
  t.is(redirectsOf([...redirected, second], { ingressClass: 'second' })[0]?.manifest.spec?.ingressClassName, 'second');
});

test('it has the limits of its port, because Traefik passes a call with a query on', (t) => {
  const limitsOf = (objects: readonly KubernetesObject[], asked: Asked) =>
    Object.entries(redirectsOf(objects, asked)[0]?.manifest.metadata?.annotations ?? {}).filter(([key]) =>
      /(?:range|auth-|satisfy|limit-|proxy-)/.test(key),
    );
  const [range, url] = [nginx('whitelist-source-range'), nginx('auth-url')];
  const limited = {
    annotations: { set: { [range]: '10.0.0.0/8', [nginx('proxy-body-size')]: '1m' }, remove: [] },
  };
  t.deepEqual(limitsOf(base, limited), [[range, '10.0.0.0/8']]);
  t.deepEqual(limitsOf(redirected, limited), [[range, '10.0.0.0/8']]);
  const after = exposed(base, ask(limited));
  t.deepEqual(limitsOf(after, {}), [[range, '10.0.0.0/8']]);
  t.deepEqual(limitsOf(after, { annotations: { set: {}, remove: [range] } }), []);
  const annotated = redirected.map((each) =>
    each.metadata?.name === `${C}--skyports-ingress`
      ? { ...each, metadata: { ...each.metadata, annotations: { ...each.metadata.annotations, [url]: 'http://auth' } } }
      : each,
  );
  t.deepEqual(limitsOf(annotated, {}), [[url, 'http://auth']], 'also those that others have set');
});

test('it goes when the port needs it no longer', (t) => {
  for (const asked of [{ rewrite: 'keep' }, { host: 'app.example.com', path: '' }] as const) {
    const { removals } = planAt(redirected, ask(asked));
    t.deepEqual(
      removals.map(({ kind, name }) => [kind, name]),
      [['Ingress', `${C}--skyports-ingress--redirect-8888`]],
    );
  }
});

test('what an earlier version wrote gets redirects for all of its ports with the next expose', (t) => {
  const earlier = exposed(base, ask({ ports: '80 8888' })).filter((each) => !onlyRedirects(each as Ingress));
  t.deepEqual(
    rowsAt(earlier).map(({ port, url }) => [port, new URL(url!).pathname]),
    [80, 8888].map((port) => [port, `/skyports/default/${C}/${port}/`]),
  );
  t.deepEqual(
    planAt(earlier, ask({ ports: '8888' })).writes.map(({ manifest, effect }) => [
      manifest.metadata?.name?.slice(`${C}--skyports-`.length),
      effect,
    ]),
    [
      ['svc--8888', 'unchanged'],
      ['ingress--redirect-80', 'created'],
      ['ingress--redirect-8888', 'created'],
      ['ingress', 'unchanged'],
    ],
  );
});

test('without the Ingress that it leads to, the port is broken', (t) => {
  const left = redirected.filter(({ metadata }) => metadata?.name !== `${C}--skyports-ingress`);
  t.deepEqual(
    rowsAt(left).map(({ port, state, reason }) => [port, state, reason]),
    [[8888, 'Broken', `no Ingress leads to Service ${C}--skyports-svc--8888`]],
  );
});

test('a foreign Ingress of its name is refused', (t) => {
  const ingress = skyIngress(train, [80]);
  ingress.metadata!.name = `${C}--skyports-ingress--redirect-8888`;
  const { message } = t.throws(() => planAt([...base, ingress], ask()), { instanceOf: UsageError });
  t.regex(message, /^Ingress train-2ea485ef--skyports-ingress--redirect-8888 .* was not created by kubectl skyports$/);
});
