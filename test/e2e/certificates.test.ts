import test, { type ExecutionContext } from 'ava';
import { createAuthority } from '../cluster/certificates.ts';
import { until } from '../cluster/until.ts';
import type { SkyPilotNames } from '../helpers/skypilot-objects.ts';
import { approver, removeCertManager, startCertManager } from '../node/cert-manager.ts';
import { nodePrograms } from '../node/programs.ts';
import { diagnosed, untilDiagnosed } from './diagnosed.ts';
import { apply, isOurNode, pasted, reached, shell } from './machine.ts';
import { appPort, skyCluster } from './sky-cluster.ts';

/** Each test has its own: a host of a namespace that is still being deleted is taken. */
const hostOf = (namespace: string) => `${namespace}.example.com`;
const say = (what: string) => process.stderr.write(`${what}\n`);

/** Starts cert-manager again, without some of its controllers. */
const restarted = async (...without: string[]) => startCertManager(await nodePrograms(say), say, ...without);

const exposing = (namespace: string, flags: string) =>
  `kubectl skyports expose train ${appPort} -n ${namespace} --mode ingress --host ${hostOf(namespace)} ${flags}`;

/** A CA, in a Secret as an administrator makes it. @returns its certificate, PEM */
async function authorityIn(namespace: string, name: string): Promise<string> {
  const { certificate, privateKey } = createAuthority('Company CA');
  const base64 = (text: string) => Buffer.from(text).toString('base64');
  await apply({
    ...{ apiVersion: 'v1', kind: 'Secret', type: 'kubernetes.io/tls', metadata: { name, namespace } },
    data: { 'tls.crt': base64(certificate), 'tls.key': base64(privateKey) },
  });
  return certificate;
}

const issuer = (namespace: string, name: string, spec: object) =>
  apply({ apiVersion: 'cert-manager.io/v1', kind: 'Issuer', metadata: { name, namespace }, spec });

/** The words of an issuer's condition, once it has this status. */
async function untilIssuer(namespace: string, name: string, status: 'True' | 'False'): Promise<string> {
  const condition = `{.status.conditions[?(@.type=="Ready")]`;
  await pasted(`kubectl wait issuer/${name} -n ${namespace} --for=condition=Ready=${status} --timeout=30s`);
  return pasted(`kubectl get issuer ${name} -n ${namespace} -o jsonpath='${condition}.message}'`);
}

/** A SkyPilot cluster and an Issuer with a CA. */
async function withIssuer(t: ExecutionContext): Promise<SkyPilotNames & { readonly authority: string }> {
  const names = await skyCluster(t);
  const authority = await authorityIn(names.namespace, 'company-ca');
  await issuer(names.namespace, 'company', { ca: { secretName: 'company-ca' } });
  await untilIssuer(names.namespace, 'company', 'True');
  return { ...names, authority };
}

const rowOf = async (namespace: string) =>
  JSON.parse(await pasted(`kubectl skyports endpoints train -n ${namespace} -o json`)).items[0];

/** Waits until the controller shows a certificate of this CA for the host, and the app answers. */
function untilServed(namespace: string, address: string, authority: string): Promise<unknown> {
  const host = hostOf(namespace);
  const served = async () => (await reached(`https://${address}/x`, { host, authority }))?.path === '/x';
  return until('the app answers over https', served, { everyMs: 250, withinMs: 30_000 });
}

const finding = (namespace: string) => diagnosed(namespace, '--probe=false', 'certificate-issued');

if (isOurNode) {
  test.before('cert-manager', async () => {
    await restarted();
  });
  test.after.always('cert-manager goes', async () => {
    await removeCertManager(await nodePrograms(say));
  });

  test('a CA: issued, served, renewed after its Secret and its Certificate are deleted, and its Secret is named at the end', async (t) => {
    const { namespace, nameOnCloud, authority } = await withIssuer(t);
    const { code, stderr } = await shell(exposing(namespace, '--tls-issuer company --wait=60s'));
    t.is(code, 0, stderr);
    const { url, state, addresses } = await rowOf(namespace);
    t.deepEqual([url, state], [`https://${hostOf(namespace)}`, 'Ready']);
    await untilServed(namespace, addresses[0], authority);
    const labels = `app.kubernetes.io/managed-by=kubectl-skyports,skypilot-cluster-name=${nameOnCloud}`;
    const secret = (await pasted(`kubectl get secrets -n ${namespace} -l ${labels} -o name`)).trim();
    t.regex(secret, new RegExp(`^secret/${nameOnCloud}--skyports-tls--[0-9a-f]{8}$`));
    const shown = () => shell(`kubectl get ${secret} -n ${namespace} -o jsonpath='{.data.tls\\.crt}'`);
    for (const deleted of [secret, `certificate/${secret.replace('secret/', '')} ${secret}`]) {
      const before = (await shown()).stdout;
      for (const each of deleted.split(' ')) await pasted(`kubectl delete ${each} -n ${namespace}`);
      const isRenewed = async () => ![before, ''].includes((await shown()).stdout);
      await until('the certificate is issued again', isRenewed, { everyMs: 250, withinMs: 30_000 });
      await untilServed(namespace, addresses[0], authority);
    }
    // No DNS here knows the host.
    const found = await diagnosed(namespace, '--probe --skip dns-resolves', 'tls-certificate');
    t.false(found.rootCauses.includes('certificate-issued'));
    t.regex(found.message, /shows a certificate signed by Company CA, which this machine does not trust/);
    const closed = await shell(`kubectl skyports unexpose train -n ${namespace} -y`);
    t.regex(closed.stderr, /^Secret \S+ of cert-manager stays/m);
    const suggestion = /^ *(kubectl delete secret .*)$/m.exec(closed.stderr)![1]!;
    t.is(await pasted(`kubectl get secrets -n ${namespace} -l ${labels} -o name`), `${secret}\n`);
    await pasted(suggestion.replace(/ +#.*/, ''));
    t.is(await pasted(`kubectl get secrets -n ${namespace} -l ${labels} -o name`), '');
  });

  test('an issuer that does not exist is refused; forced, the wait and doctor name it', async (t) => {
    const { namespace, authority } = await withIssuer(t);
    const refused = await shell(exposing(namespace, '--tls-issuer nope'));
    t.is(refused.code, 2);
    t.regex(refused.stderr, /^error: Issuer nope does not exist in namespace /m);
    t.regex(refused.stderr, /--tls-issuer company/);
    t.is(await pasted(`kubectl get ingresses,services -n ${namespace} -o name`), '');
    const forced = await shell(exposing(namespace, '--tls-issuer nope --force --wait=4s'));
    t.is(forced.code, 3);
    t.regex(forced.stderr, /train port 8888 is Pending \(Issuer nope does not exist; until \S+ has its/);
    const found = await untilDiagnosed(namespace, 'certificate-issued', '--probe=false');
    t.regex(found.message, /asks Issuer nope for a certificate for \S+, .*: Issuer nope does not exist/);
    const cure = found.note.split('\n').find((line) => line.startsWith('kubectl skyports expose'))!;
    await pasted(`${cure.replace('ISSUER', 'company')} --wait=60s`);
    await untilServed(namespace, (await rowOf(namespace)).addresses[0], authority);
    t.false((await diagnosed(namespace)).rootCauses.includes('certificate-issued'));
  });

  test('the Secret of the CA is missing: its own words, and the certificate comes when the Secret does', async (t) => {
    const { namespace } = await skyCluster(t);
    await issuer(namespace, 'broken', { ca: { secretName: 'absent' } });
    const words = await untilIssuer(namespace, 'broken', 'False');
    const refused = await shell(exposing(namespace, '--tls-issuer broken'));
    t.is(refused.code, 2);
    t.true(refused.stderr.includes(`error: Issuer broken is not ready: ${words}`), refused.stderr);
    await pasted(exposing(namespace, '--tls-issuer broken --force --wait=0'));
    const found = await untilDiagnosed(namespace, 'certificate-issued', '--probe=false');
    t.true(found.message.includes(words), found.message);
    t.regex(found.note, /kubectl create secret tls absent --cert=CERTIFICATE --key=KEY/);
    const waiting = shell(`kubectl skyports endpoints train -n ${namespace} --wait=60s`);
    const authority = await authorityIn(namespace, 'absent');
    t.is((await waiting).code, 0);
    await untilServed(namespace, (await rowOf(namespace)).addresses[0], authority);
  });

  test('an ACME server that is not reached: the issuer is refused with its own words', async (t) => {
    const { namespace } = await skyCluster(t);
    const solvers = [{ http01: { ingress: { ingressClassName: 'nginx' } } }];
    const acme = { server: 'https://127.0.0.1:1/directory', privateKeySecretRef: { name: 'account' }, solvers };
    await issuer(namespace, 'acme', { acme });
    const words = await untilIssuer(namespace, 'acme', 'False');
    t.regex(words, /connection refused/);
    const refused = await shell(exposing(namespace, '--tls-issuer acme'));
    t.is(refused.code, 2);
    t.true(refused.stderr.includes(words), refused.stderr);
    await pasted(exposing(namespace, '--tls-issuer acme --force --wait=0'));
    const found = await untilDiagnosed(namespace, 'certificate-issued', '--probe=false');
    t.regex(found.note, /cert-manager's Pod has to reach the ACME server/);
  });

  test('a request that nothing approves, and one that is denied', async (t) => {
    const { namespace, authority } = await withIssuer(t);
    t.teardown(() => restarted());
    await restarted(approver);
    const late = await shell(exposing(namespace, '--tls-issuer company --wait=5s'));
    t.is(late.code, 3);
    t.regex(late.stderr, /is Pending \(CertificateRequest \S+ is not approved; until/);
    t.regex((await finding(namespace)).message, /CertificateRequest \S+ is not approved/);
    const request = (await pasted(`kubectl get certificaterequests -n ${namespace} -o name`)).trim();
    const denied = { type: 'Denied', status: 'True', reason: 'policy', message: 'No policy approved this request' };
    const conditions = [{ ...denied, lastTransitionTime: new Date().toISOString().replace(/\.\d+/, '') }];
    await pasted(
      `kubectl patch ${request} -n ${namespace} --subresource=status --type=merge -p '${JSON.stringify({ status: { conditions } })}'`,
    );
    const found = await untilDiagnosed(namespace, 'certificate-issued', '--probe=false', /No policy approved/);
    t.regex(found.message, /CertificateRequest \S+: No policy approved this request/);
    await restarted();
    await pasted(found.note.split('\n').find((line) => line.startsWith('kubectl delete certificate '))!);
    await pasted(`kubectl skyports endpoints train -n ${namespace} --wait=60s`);
    await untilServed(namespace, (await rowOf(namespace)).addresses[0], authority);
  });
}
