import { setTimeout as delay } from 'node:timers/promises';
import test, { type ExecutionContext } from 'ava';
import { compare } from 'bcryptjs';
import { admin, type Json } from '../helpers/cluster.ts';
import { type RunOutcome, skyports } from '../helpers/run-skyports.ts';
import { makeIngressNginx, withSkyCluster } from '../helpers/world.ts';
import { crossing } from './crossing.ts';
import { isWrite } from './delaying-proxy.ts';
import type { Asked } from './proxy.ts';

// What another program does between two steps of `expose --auth basic`.

const basic = ['--mode', 'ingress', '--auth', 'basic', '--allow-plain-http', '--wait=0'];
const secretPath = (namespace: string) => `/api/v1/namespaces/${namespace}/secrets/train-2ea485ef--skyports-auth`;
const servicePath = (namespace: string, port: number) =>
  `/api/v1/namespaces/${namespace}/services/train-2ea485ef--skyports-svc--${port}`;
const isReplaced = /warning: another call of expose has changed the password at the same time/;

test.before(makeIngressNginx);

/** Runs `expose PORT --auth basic`. Before the first write of `kind` is answered, `meanwhile` happens. */
function exposing(
  namespace: string,
  port: number,
  { kind, meanwhile }: { readonly kind: string; meanwhile(): Promise<unknown> },
) {
  const at = ({ method, url }: Asked) => isWrite({ method, path: url }) && url.includes(`/${kind}/`);
  return crossing(['expose', 'train', String(port), ...basic], namespace, { at, isAfter: true, meanwhile });
}

/** A SkyPilot cluster whose port 8888 has a password; its namespace. */
async function withFirstPassword(t: ExecutionContext): Promise<string> {
  const { namespace } = await withSkyCluster();
  const first = await skyports(['expose', 'train', '8888', ...basic, '-n', namespace]);
  t.is(first.code, 0, first.stderr);
  return namespace;
}

/** Whether the last password of the output is the one in the Secret. */
async function isValid({ stderr }: RunOutcome, namespace: string): Promise<boolean> {
  const shown = /\(not shown again\): (\S+)$/m.exec(stderr)?.[1] ?? '';
  const { data } = await admin('GET', secretPath(namespace));
  return compare(shown, Buffer.from(data.auth, 'base64').toString().trim().split(':')[1]!);
}

test('a password that another call replaces before the last look is reported, once', async (t) => {
  const { namespace } = await withSkyCluster();
  const outcome = await exposing(namespace, 8888, {
    kind: 'secrets',
    meanwhile: () =>
      admin('PATCH', secretPath(namespace), { metadata: { annotations: { 'skyports/password-id': 'another' } } }),
  });
  t.is(outcome.code, 0, outcome.stderr);
  t.is(outcome.stderr.match(new RegExp(isReplaced, 'g'))?.length, 1, outcome.stderr);
  t.regex(outcome.stderr, /port 8888 asks for the password/);
});

test('if the Service goes while a slow write runs, the plan is made again, and the password holds', async (t) => {
  const { namespace } = await withSkyCluster();
  const outcome = await exposing(namespace, 8888, {
    kind: 'ingresses',
    meanwhile: () => admin('DELETE', servicePath(namespace, 8888)).then(() => delay(2500)),
  });
  t.is(outcome.code, 0, outcome.stderr);
  t.notRegex(outcome.stderr, isReplaced);
  t.is(outcome.stderr.match(/not shown again/g)?.length, 1);
  t.true(await isValid(outcome, namespace));
  const { metadata } = await admin('GET', servicePath(namespace, 8888));
  const { ownerReferences } = (await admin('GET', secretPath(namespace))).metadata;
  t.true(ownerReferences.some(({ uid }: { uid: string }) => uid === metadata.uid));
});

test('a Secret that is deleted before a further port becomes its owner is made again', async (t) => {
  const namespace = await withFirstPassword(t);
  const outcome = await exposing(namespace, 9000, {
    kind: 'services',
    meanwhile: () => admin('DELETE', secretPath(namespace)),
  });
  t.is(outcome.code, 0, outcome.stderr);
  t.true(await isValid(outcome, namespace));
  t.is((await admin('GET', secretPath(namespace))).metadata.ownerReferences.length, 2);
});

test('a Secret that lost its password before a further port becomes its owner gets another one', async (t) => {
  const namespace = await withFirstPassword(t);
  const annotations = { 'skyports/password-id': null };
  const outcome = await exposing(namespace, 9000, {
    kind: 'services',
    meanwhile: () => admin('PATCH', secretPath(namespace), { metadata: { annotations }, data: null }),
  });
  t.is(outcome.code, 0, outcome.stderr);
  t.true(await isValid(outcome, namespace));
  t.is((await admin('GET', secretPath(namespace))).metadata.ownerReferences.length, 2);
});

test('a Secret that another program takes over before a further port becomes its owner is left alone', async (t) => {
  const namespace = await withFirstPassword(t);
  let theirs: Json;
  const outcome = await exposing(namespace, 9000, {
    kind: 'services',
    meanwhile: async () => {
      const labels = { 'app.kubernetes.io/managed-by': 'another' };
      theirs = await admin('PATCH', secretPath(namespace), { metadata: { labels } });
    },
  });
  t.is(outcome.code, 2, outcome.stderr);
  t.deepEqual(await admin('GET', secretPath(namespace)), theirs);
  await t.throwsAsync(admin('GET', servicePath(namespace, 9000)), { message: /not found/ });
});

test('a Secret that is being deleted gets no further port', async (t) => {
  const namespace = await withFirstPassword(t);
  await admin('PATCH', secretPath(namespace), { metadata: { finalizers: ['example.com/held'] } });
  await admin('DELETE', secretPath(namespace));
  t.teardown(() => admin('PATCH', secretPath(namespace), { metadata: { finalizers: null } }));
  const { code, stderr } = await skyports(['expose', 'train', '9000', ...basic, '-n', namespace]);
  t.is(code, 1);
  t.regex(stderr, /Secret \S+ with the password in namespace \S+ is being deleted/);
  await t.throwsAsync(admin('GET', servicePath(namespace, 9000)), { message: /not found/ });
});

test('a first password whose Secret another call makes meanwhile needs a look, and one of both holds', async (t) => {
  const { namespace } = await withSkyCluster();
  let other: RunOutcome | undefined;
  const outcome = await exposing(namespace, 8888, {
    kind: 'services',
    meanwhile: async () => {
      other = await skyports(['expose', 'train', '9000', ...basic, '-n', namespace]);
    },
  });
  t.is(outcome.code, 0, outcome.stderr);
  t.is(other?.code, 0, other?.stderr);
  t.true(await isValid(other!, namespace));
  t.notRegex(outcome.stderr, /not shown again/);
  t.regex(outcome.stderr, /the password stays as it was/);
  const looks = outcome.requests.filter((line) => /^PATCH .*\/secrets\/.*dryRun/.test(line));
  t.is(looks.length, 2, 'with the first lists, and for the second plan');
  t.is((await admin('GET', secretPath(namespace))).metadata.ownerReferences.length, 2);
});
