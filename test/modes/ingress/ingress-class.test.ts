import test from 'ava';
import { advice, command, cure } from '../../../src/errors/cure.ts';
import { UsageError } from '../../../src/errors/usage-error.ts';
import { ask, base, ingressWrite, pathsOf } from '../../helpers/ingress-plans.ts';
import { labelled } from '../../helpers/ingress-world.ts';
import type { KubernetesObject } from '../../helpers/look.ts';
import { exposed, planAt, train } from '../../helpers/requests.ts';
import { ingressClass, skyPod } from '../../helpers/skypilot-objects.ts';

const C = train.nameOnCloud;

const traefik = [
  skyPod(train),
  ingressClass('nginx', 'traefik.io/ingress-controller'),
  labelled('traefik', 'traefik', '203.0.113.9'),
];
const unknown = [skyPod(train), ingressClass('nginx', 'example.com/mine')];

test("another controller's class cannot rewrite: refused unless nothing is to rewrite", (t) => {
  const error = t.throws(() => planAt(traefik, ask()), { instanceOf: UsageError });
  t.is(
    error.message,
    'IngressClass nginx belongs to Traefik, which does not read nginx annotations, so it cannot take the path prefix away',
  );
  t.is(error.code, 'controller-cannot-rewrite');
  t.deepEqual(error.cures, [
    advice('add --host app.example.com to give the port its own host'),
    advice('or add --rewrite keep to let the app see the whole path'),
  ]);
  for (const [asked, rules] of [
    [{ host: 'app.example.com' }, ['app.example.com / Prefix 8888:8888']],
    [{ rewrite: 'keep' }, [`* /skyports/default/${C}/8888 Prefix 8888:8888`]],
    [{ path: '', host: 'app.example.com' }, ['app.example.com / Prefix 8888:8888']],
  ] as const) {
    const { manifest } = ingressWrite(traefik, asked);
    t.deepEqual(pathsOf(manifest), [...rules]);
    t.deepEqual(manifest.metadata?.annotations, { 'skyports/sky-cluster': 'train' });
  }
  t.throws(() => planAt(traefik, ask({ host: 'app.example.com', path: '/x' })), { instanceOf: UsageError });
});

test('an unknown controller may read them: --force', (t) => {
  const error = t.throws(() => planAt(unknown, ask()), { instanceOf: UsageError });
  t.regex(error.message, /^IngressClass nginx belongs to example\.com\/mine, which may not read nginx annotations/);
  t.deepEqual(error.cures.at(-1), advice('or add --force if it is an ingress-nginx'));
  t.deepEqual(pathsOf(ingressWrite(unknown, { force: true }).manifest), [
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
    message: 'IngressClass nope does not exist; existing classes: nginx, public',
    cures: [advice('add --ingress-class nginx')],
  });
  t.like(missing([skyPod(train)]), {
    message: 'IngressClass nope does not exist, nor does any other: no ingress controller is installed',
    cures: [
      advice('add --mode loadbalancer or --mode nodeport instead'),
      cure(command`kubectl skyports doctor --mode ingress`, 'shows how to install a controller'),
    ],
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
    "ingressclasses were not seen (ingressClasses is forbidden): class nginx is assumed to be ingress-nginx's",
  ]);
});

const openshift = [skyPod(train), ingressClass('openshift-default', 'openshift.io/ingress-to-route')];

test('a controller that takes no rule without a host: refused unless the port has one', (t) => {
  const asked = { ingressClass: 'openshift-default' } as const;
  const error = t.throws(() => planAt(openshift, ask({ ...asked, rewrite: 'keep' })), { instanceOf: UsageError });
  t.is(error.code, 'controller-needs-host');
  t.is(
    error.message,
    "IngressClass openshift-default belongs to OpenShift's router: it makes no Route for a rule without a host",
  );
  t.deepEqual(error.cures[0], advice('add --host app.example.com to give port 8888 its own host'));
  // Its router writes addresses itself: no Service of it is looked for.
  const { manifest } = ingressWrite(openshift, { ...asked, host: 'app.example.com' });
  t.deepEqual(pathsOf(manifest), ['app.example.com / Prefix 8888:8888']);
  t.deepEqual(pathsOf(ingressWrite(openshift, { ...asked, rewrite: 'keep', force: true }).manifest), [
    `* /skyports/default/${C}/8888 Prefix 8888:8888`,
  ]);
});
