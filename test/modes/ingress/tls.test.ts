import test from 'ava';
import type { Ingress } from 'kubernetes-types/networking/v1';
import { UsageError } from '../../../src/errors/usage-error.ts';
import type { IssuerName } from '../../../src/exposure/certificates/cert-manager.ts';
import type { AuthWish } from '../../../src/exposure/plan/access.ts';
import { onlyRedirects } from '../../../src/modes/ingress/own-ingresses.ts';
import { issuedSecretsOf } from '../../../src/modes/ingress/tls.ts';
import { planUnexpose } from '../../../src/modes/plan-unexpose.ts';
import type { Manifest } from '../../../src/snapshot/plan.ts';
import { ask, base, ingressWrite } from '../../helpers/ingress-plans.ts';
import { indexAt } from '../../helpers/look.ts';
import { type Asked, exposed, planAt, train } from '../../helpers/requests.ts';
import { carriedOut } from '../../helpers/server-side-apply.ts';

const C = train.nameOnCloud;
const host = 'app.example.com';
const company: IssuerName = { kind: 'Issuer', name: 'company' };
const letsencrypt: IssuerName = { kind: 'ClusterIssuer', name: 'letsencrypt' };
const issued = exposed(base, ask({ host, tlsIssuer: company }));
const after = (asked: Asked, objects = issued) => ingressWrite(objects, asked).manifest;
const annotation = ({ metadata }: Ingress, name: string) => metadata?.annotations?.[`cert-manager.io/${name}`];

test('an issuer: its annotation, a Secret of our own, and labels for it', (t) => {
  const manifest = after({ host, tlsIssuer: company }, base);
  t.is(annotation(manifest, 'issuer'), 'company');
  t.is(annotation(manifest, 'cluster-issuer'), undefined);
  t.deepEqual(JSON.parse(annotation(manifest, 'secret-template')!), {
    labels: { 'app.kubernetes.io/managed-by': 'kubectl-skyports', 'skypilot-cluster-name': C },
  });
  const [entry, ...others] = manifest.spec!.tls!;
  t.deepEqual([entry?.hosts, others], [[host], []]);
  t.regex(entry!.secretName!, new RegExp(`^${C}--skyports-tls--[0-9a-f]{8}$`));
  t.is(ingressWrite(issued, { host, tlsIssuer: company }).effect, 'unchanged');
  t.is(ingressWrite(issued, {}).effect, 'unchanged', 'what is not named stays');
});

test('a pattern: one Secret for each host', (t) => {
  const { tls = [] } = after({ ports: '80 81', host: '{port}.example.com', tlsIssuer: letsencrypt }, base).spec!;
  t.deepEqual(
    tls.map(({ hosts }) => hosts),
    [['80.example.com'], ['81.example.com']],
  );
  t.is(new Set(tls.map(({ secretName }) => secretName)).size, 2);
});

test('only the Ingress with the paths asks for a certificate, not the one that redirects', (t) => {
  const { writes } = planAt(base, ask({ host, path: '/team', tlsIssuer: company }));
  const ingresses = writes.filter(({ kind }) => kind === 'Ingress').map(({ manifest }) => manifest as Ingress);
  const [redirect] = ingresses.filter(onlyRedirects);
  t.deepEqual(
    ingresses.map((each) => annotation(each, 'issuer')),
    [undefined, 'company'],
  );
  t.is(annotation(redirect!, 'secret-template'), undefined);
  t.deepEqual(redirect!.spec?.tls, ingresses[1]!.spec?.tls);
});

test('another issuer of the same port replaces the annotation, and the Secret stays', (t) => {
  const manifest = after({ host, tlsIssuer: letsencrypt });
  t.is(annotation(manifest, 'issuer'), undefined);
  t.is(annotation(manifest, 'cluster-issuer'), 'letsencrypt');
  t.deepEqual(issuedSecretsOf(manifest), issuedSecretsOf(after({})));
});

for (const [what, asked, tls] of [
  ['a Secret', { host, tlsSecret: 'cert' }, [{ hosts: [host], secretName: 'cert' }]],
  ['no issuer', { tlsIssuer: null }, []],
  ['no Secret', { tlsSecret: '' }, []],
] as const) {
  test(`${what} in place of an issuer: its annotations go`, (t) => {
    const manifest = after(asked);
    t.deepEqual(
      [...(manifest.spec?.tls ?? [])],
      tls.map((each) => ({ ...each, hosts: [...each.hosts] })),
    );
    t.is(annotation(manifest, 'issuer'), undefined);
    t.is(annotation(manifest, 'secret-template'), undefined);
    t.truthy(manifest.metadata?.annotations?.['skyports/sky-cluster']);
  });
}

test('an issuer that a user has annotated stays if its Secret is not ours', (t) => {
  const set = { 'cert-manager.io/issuer': 'company' };
  const own = exposed(base, ask({ host, tlsSecret: 'cert', annotations: { set, remove: [] } }));
  t.is(annotation(after({ ports: '9000' }, own), 'issuer'), 'company');
});

test('cert-manager never gets a Secret that a user has named', (t) => {
  const b = { ports: '9000', host: 'b.example.com' };
  const beside = exposed(base, ask({ ...b, tlsSecret: 'cert' }));
  const error = t.throws(() => after({ host, tlsIssuer: company }, beside), { instanceOf: UsageError });
  t.is(error.code, 'secret-beside-issuer');
  t.regex(error.message, /Secret cert \(for b\.example\.com\): cert-manager would replace the certificate/);
  t.throws(() => after({ ...b, tlsSecret: 'cert' }), { message: /cert-manager would replace/ });
  t.notThrows(() => after({ ...b, tlsIssuer: company }), 'the same port changes');
});

test('an Ingress has one issuer', (t) => {
  const b = { ports: '9000', host: 'b.example.com' };
  const error = t.throws(() => after({ ...b, tlsIssuer: letsencrypt }), { instanceOf: UsageError });
  t.is(error.code, 'two-issuers');
  t.regex(error.message, /Issuer company issues the certificate of app\.example\.com/);
  t.is(after({ ...b, tlsIssuer: company }).spec?.tls?.length, 2);
  const both = exposed(issued, ask({ ...b, tlsIssuer: company }));
  t.notThrows(() => after({ ports: '8888 9000', host: '{port}.example.com', tlsIssuer: letsencrypt }, both));
});

test('a port that moves to another set takes its certificate with it', (t) => {
  const auth: AuthWish = { is: 'basic', secret: undefined, user: undefined, newPassword: false };
  const moved = after({ auth });
  t.is(moved.metadata?.name, `${C}--skyports-ingress--auth`);
  t.is(annotation(moved, 'issuer'), 'company');
  t.is(issuedSecretsOf(moved).length, 1);
  t.notDeepEqual(issuedSecretsOf(moved), issuedSecretsOf(after({})), 'two Ingresses with one Secret would fight');
  const secret = exposed(base, ask({ host, tlsSecret: 'cert' }));
  t.deepEqual(after({ auth }, secret).spec?.tls, [{ hosts: [host], secretName: 'cert' }]);
});

test('an Ingress without the port has neither its Secret nor the issuer', (t) => {
  const both = exposed(issued, ask({ ports: '9000', path: '/x', host: 'b.example.com' }));
  const view = indexAt(both);
  const [skyCluster] = view.skyClusters;
  const { writes, leftSecrets } = planUnexpose(view, { skyCluster: skyCluster!, ports: [8888], mode: undefined });
  t.deepEqual(
    leftSecrets.map(({ name }) => name),
    issuedSecretsOf(after({})),
  );
  t.deepEqual(planUnexpose(view, { skyCluster: skyCluster!, ports: [9000], mode: undefined }).leftSecrets, []);
  const left = carriedOut(writes, both as Manifest[]).find(
    ({ metadata }) => metadata?.name === `${C}--skyports-ingress`,
  ) as Ingress;
  t.is(left.spec?.tls, undefined);
  t.is(annotation(left, 'issuer'), undefined);
});
