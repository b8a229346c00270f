import { spawnSync } from 'node:child_process';
import test, { type ExecutionContext } from 'ava';
import { Failure } from '../../src/errors/failure.ts';
import { type ConnectionFlags, connect } from '../../src/kubernetes/api/connect.ts';
import { createAuthority } from '../cluster/certificates.ts';
import { cureText } from '../helpers/cure-text.ts';
import { kubeconfig, kubectlAsks, makeScene } from './beside-kubectl.ts';
import { authority, type RecordingServerOptions, recordingServer } from './recording-server.ts';
import { systemForTest } from './system-for-test.ts';
import { bothFail, weFail } from './unreachable-servers.ts';

/** A TLS fault of server a, by kubectl and by us. */
async function tlsFault(
  t: ExecutionContext,
  options: RecordingServerOptions,
  cluster: object = {},
  flags: ConnectionFlags = {},
) {
  const scene = await makeScene(t, options);
  scene.file('other.crt', createAuthority('other-authority').certificate);
  const file = scene.file('config', kubeconfig(scene, { cluster }));
  const all = { kubeconfig: file, ...flags };
  const theirs = (await kubectlAsks(scene, { flags: all })).error.split('\n').at(-1)!;
  const { api, close } = await connect(all, systemForTest({ cwd: scene.folder }));
  const error = (await t.throwsAsync(api.list('/api/v1/pods'), { instanceOf: Failure })) as Failure;
  const { message } = error;
  t.is(error.code, 'tls-failure');
  close();
  t.deepEqual(scene.a.asked, [], 'nothing was sent to a server that was not trusted');
  return { scene, theirs, message, cure: cureText(error), where: `(${scene.a.url}, context "main" of ${file})` };
}

const x509 = 'Unable to connect to the server: tls: failed to verify certificate: x509:';

test('a certificate of another authority', async (t) => {
  const { theirs, message, cure, scene, where } = await tlsFault(t, {}, { 'certificate-authority': 'other.crt' });
  t.true(theirs.startsWith(`${x509} certificate signed by unknown authority`), theirs);
  t.is(
    message,
    `${x509} certificate signed by unknown authority: it shows a certificate of "recording-server" by "recording-authority", not signed by what is in ${scene.folder}/other.crt ${where}`,
  );
  t.regex(cure, /^get this cluster's kubeconfig again from where you have it\n/);
  t.true(
    cure.endsWith(
      `kubectl config set-cluster --certificate-authority=FILE --embed-certs=true --kubeconfig ${scene.folder}/config --context main main`,
    ),
    cure,
  );
});

test('a self-signed certificate, and an authority in the kubeconfig itself', async (t) => {
  const openssl =
    'req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj /CN=by-itself -keyout - -out -';
  const made = spawnSync('openssl', openssl.split(' '), { encoding: 'utf8' });
  if (made.status !== 0) return t.pass('there is no openssl(1) to make one');
  const data = Buffer.from(createAuthority('another').certificate).toString('base64');
  const certificate = { certificate: made.stdout, privateKey: made.stdout };
  const { message } = await tlsFault(
    t,
    { certificate },
    { 'certificate-authority': undefined, 'certificate-authority-data': data },
  );
  t.true(
    message.includes(
      'it shows a certificate of "by-itself" by "by-itself", self-signed, not signed by what is in the certificate-authority-data of cluster "main"',
    ),
    message,
  );
});

test("a certificate that is not a server's", async (t) => {
  const { theirs, message } = await tlsFault(t, { certificate: authority });
  t.true(theirs.startsWith(x509), theirs);
  t.true(
    message.startsWith(`${x509} certificate specifies an incompatible key usage: it is not a server's certificate`),
    message,
  );
});

test('no authority in the kubeconfig, and none of this machine signed it', async (t) => {
  const { theirs, message } = await tlsFault(t, {}, { 'certificate-authority': undefined });
  t.true(theirs.startsWith(`${x509} certificate signed by unknown authority`), theirs);
  t.true(
    message.includes("not signed by what is in this machine's list of authorities (the kubeconfig names none)"),
    message,
  );
});

test('a certificate for another name', async (t) => {
  const { theirs, message, cure } = await tlsFault(t, { hosts: ['kubernetes.example', '10.0.0.1'] });
  t.true(message.startsWith(`${x509} certificate is valid for kubernetes.example, 10.0.0.1, not 127.0.0.1`), message);
  t.true(theirs.startsWith(`${x509} certificate is valid for 10.0.0.1, not 127.0.0.1`), theirs);
  t.regex(cure, /\n {4}kubectl config set-cluster --tls-server-name=kubernetes\.example --kubeconfig /);
});

test('a certificate for another name than --tls-server-name', async (t) => {
  const { theirs, message } = await tlsFault(t, {}, {}, { tlsServerName: 'wrong.example' });
  t.is(theirs, `${x509} certificate is valid for localhost, kubernetes.example, not wrong.example`);
  t.true(
    message.startsWith(`${x509} certificate is valid for 127.0.0.1, localhost, kubernetes.example, not wrong.example`),
    message,
  );
});

test('an expired certificate', async (t) => {
  const { theirs, message, cure } = await tlsFault(t, {
    validFrom: new Date('2020-01-01'),
    validUntil: new Date('2021-01-01T00:00:00Z'),
  });
  t.true(theirs.startsWith(`${x509} certificate has expired or is not yet valid: `), theirs);
  t.true(
    message.startsWith(
      `${x509} certificate has expired or is not yet valid: a certificate of "recording-server" by "recording-authority" expired on 2021-01-01T00:00:00.000Z (`,
    ),
    message,
  );
  t.regex(cure, /^renew the server's certificate\n.*try:\n {4}kubeadm certs renew apiserver$/);
});

test('a certificate that is not yet valid', async (t) => {
  const { message, cure } = await tlsFault(t, {
    validFrom: new Date('2040-01-01T00:00:00Z'),
    validUntil: new Date('2041-01-01'),
  });
  t.true(message.includes("is valid from 2040-01-01T00:00:00.000Z, this machine's clock says 20"), message);
  t.is(cure, "set this machine's clock right");
});

const certificateRequired =
  'Unable to connect to the server: remote error: tls: certificate required: the server does not take the client certificate of user "main"';

test('a gateway that wants a client certificate', async (t) => {
  // With HTTP/2, kubectl sometimes writes before it reads why the server closed, and says only that its pipe is broken.
  const server = await recordingServer({ requireCertificate: true, version: '1.1' });
  t.teardown(() => server.close());
  const scene = await makeScene(t);
  const { theirs, ours } = await bothFail(t, scene, { server: server.url });
  t.regex(theirs, /remote error: tls: certificate required/);
  t.true(ours.message.startsWith(certificateRequired), ours.message);
});

test('a gateway with HTTP/2 that wants a client certificate', async (t) => {
  const server = await recordingServer({ requireCertificate: true });
  t.teardown(() => server.close());
  const { message } = await weFail(t, await makeScene(t), { server: server.url });
  t.true(message.startsWith(certificateRequired), message);
});
