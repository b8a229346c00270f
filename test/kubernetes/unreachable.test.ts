import { spawnSync } from 'node:child_process';
import type { AddressInfo } from 'node:net';
import { createServer, type Server, type Socket } from 'node:net';
import test, { type ExecutionContext } from 'ava';
import { Failure } from '../../src/errors/failure.ts';
import { type ConnectionFlags, connect } from '../../src/kubernetes/connect.ts';
import { createAuthority } from '../cluster/certificates.ts';
import { kubeconfig, kubectlAsks, makeScene, type Scene } from './beside-kubectl.ts';
import { authority, type RecordingServerOptions, recordingServer } from './recording-server.ts';
import { systemForTest } from './system-for-test.ts';

/** A TCP server that does with each connection what it is told. */
async function rawServer(t: ExecutionContext, onConnection: (socket: Socket) => void): Promise<number> {
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    onConnection(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

/** Asks for Pods; kubectl's last line and our failure. */
async function bothFail(
  t: ExecutionContext,
  scene: Scene,
  flags: ConnectionFlags,
): Promise<{ theirs: string; ours: Failure; context: string }> {
  const file = scene.file('config', kubeconfig(scene));
  const all = { kubeconfig: file, ...flags };
  const theirs = (await kubectlAsks(scene, { flags: all })).error.split('\n').at(-1)!;
  const { api, close } = await connect(all, systemForTest({ cwd: scene.folder }));
  const ours = (await t.throwsAsync(api.list('/api/v1/pods'), { instanceOf: Failure })) as Failure;
  close();
  return { theirs, ours, context: `context "main" of ${file}` };
}

const freePort = async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
};

test('refused', async (t) => {
  const scene = await makeScene(t);
  const port = await freePort();
  const { theirs, ours, context } = await bothFail(t, scene, { server: `https://127.0.0.1:${port}` });
  t.is(theirs, `The connection to the server 127.0.0.1:${port} was refused - did you specify the right host or port?`);
  t.is(ours.message, `${theirs} (${context})`);
  t.is(ours.cure, 'start the cluster, or choose another context: kubectl config get-contexts');
});

test('no such host', async (t) => {
  const scene = await makeScene(t);
  const { theirs, ours, context } = await bothFail(t, scene, { server: 'https://nowhere.invalid:6443' });
  t.regex(theirs, /^Unable to connect to the server: dial tcp: lookup nowhere\.invalid/);
  // Where there is no resolver at all the answer is another.
  t.regex(
    ours.message,
    /^Unable to connect to the server: dial tcp: lookup nowhere\.invalid: (no such host|Temporary failure in name resolution) /,
  );
  t.true(ours.message.endsWith(`(https://nowhere.invalid:6443, ${context})`));
});

/** Our failure alone: kubectl tries for 10 s and more before it says what stands in the test. */
async function weFail(t: ExecutionContext, scene: Scene, flags: ConnectionFlags): Promise<Failure> {
  const { api, close } = await connect(
    { kubeconfig: scene.file('config', kubeconfig(scene)), ...flags },
    systemForTest({ cwd: scene.folder }),
  );
  const failure = (await t.throwsAsync(api.list('/api/v1/pods'), { instanceOf: Failure })) as Failure;
  close();
  return failure;
}

test('a server that closes the connection', async (t) => {
  const scene = await makeScene(t);
  const port = await rawServer(t, (socket) => socket.end());
  const { message } = await weFail(t, scene, { server: `https://127.0.0.1:${port}` });
  t.true(
    message.startsWith('Unable to connect to the server: EOF (the server closed the connection) (https://127.0.0.1:'),
    message,
  );
});

test('a server that resets the connection', async (t) => {
  const scene = await makeScene(t);
  const port = await rawServer(t, (socket) => socket.once('data', () => socket.resetAndDestroy()));
  const { message } = await weFail(t, scene, { server: `https://127.0.0.1:${port}` });
  t.true(
    message.startsWith('Unable to connect to the server: read tcp: connection reset by peer (https://127.0.0.1:'),
    message,
  );
});

test('plain http behind https://', async (t) => {
  const scene = await makeScene(t, { plain: true });
  const { theirs, ours } = await bothFail(t, scene, { server: `https://127.0.0.1:${scene.a.port}` });
  t.is(theirs, 'Unable to connect to the server: http: server gave HTTP response to HTTPS client');
  t.true(ours.message.startsWith(theirs), ours.message);
  t.is(
    ours.cure,
    `if it really speaks plain HTTP: kubectl config set-cluster main --server=http://127.0.0.1:${scene.a.port}`,
  );
});

test('something that is no HTTP', async (t) => {
  const scene = await makeScene(t);
  const port = await rawServer(t, (socket) => socket.end('SSH-2.0-OpenSSH\r\n'));
  const { theirs, ours } = await bothFail(t, scene, { server: `http://127.0.0.1:${port}` });
  t.regex(theirs, /malformed HTTP/);
  t.regex(ours.message, /^Unable to connect to the server: net\/http: malformed HTTP response/);
});

test('a request that takes longer than --request-timeout, before and within its answer', async (t) => {
  const scene = await makeScene(t, {
    answer: (request, response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      if (request.url?.includes('slow-body')) response.write('{"items":[');
    },
  });
  const file = scene.file('config', kubeconfig(scene));
  const { api, close } = await connect(
    { kubeconfig: file, requestTimeout: '300ms' },
    systemForTest({ cwd: scene.folder }),
  );
  const begun = Date.now();
  for (const path of ['/api/v1/pods', '/slow-body']) {
    const error = await t.throwsAsync(api.get(path), { instanceOf: Failure });
    t.is(
      error?.message,
      `Unable to connect to the server: no answer to GET ${path} within 0.3s (Client.Timeout exceeded) (${scene.a.url}, context "main" of ${file})`,
    );
  }
  t.true(Date.now() - begun < 2000);
  close();
});

test('a server that takes no connection, and one that does not shake hands', async (t) => {
  const scene = await makeScene(t);
  const silent = await rawServer(t, () => {});
  const file = scene.file('config', kubeconfig(scene));
  const { api, close } = await connect(
    { kubeconfig: file, server: `https://127.0.0.1:${silent}` },
    systemForTest({ cwd: scene.folder }),
  );
  const begun = Date.now();
  const error = await t.throwsAsync(api.list('/api/v1/pods'), { instanceOf: Failure });
  close();
  t.is(
    error?.message,
    `Unable to connect to the server: net/http: TLS handshake timeout (https://127.0.0.1:${silent}, context "main" of ${file})`,
  );
  t.true(Date.now() - begun >= 9_900 && Date.now() - begun < 15_000);
});

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
  const { message, cure } = (await t.throwsAsync(api.list('/api/v1/pods'), { instanceOf: Failure })) as Failure;
  close();
  t.deepEqual(scene.a.asked, [], 'nothing was sent to a server that was not trusted');
  return { scene, theirs, message, cure, where: `(${scene.a.url}, context "main" of ${file})` };
}

const x509 = 'Unable to connect to the server: tls: failed to verify certificate: x509:';

test('a certificate of another authority', async (t) => {
  const { theirs, message, cure, scene, where } = await tlsFault(t, {}, { 'certificate-authority': 'other.crt' });
  t.true(theirs.startsWith(`${x509} certificate signed by unknown authority`), theirs);
  t.is(
    message,
    `${x509} certificate signed by unknown authority: it shows a certificate of "recording-server" by "recording-authority", not signed by what is in ${scene.folder}/other.crt ${where}`,
  );
  t.is(
    cure,
    "get this cluster's kubeconfig again from where you have it, or: kubectl config set-cluster main --certificate-authority=FILE",
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
  t.is(
    cure,
    '--tls-server-name kubernetes.example, or for good: kubectl config set-cluster main --tls-server-name=kubernetes.example',
  );
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
  t.regex(cure ?? '', /^renew the server's certificate/);
});

test('a certificate that is not yet valid', async (t) => {
  const { message, cure } = await tlsFault(t, {
    validFrom: new Date('2040-01-01T00:00:00Z'),
    validUntil: new Date('2041-01-01'),
  });
  t.true(message.includes("is valid from 2040-01-01T00:00:00.000Z, this machine's clock says 20"), message);
  t.is(cure, "set this machine's clock right");
});

test('a gateway that wants a client certificate', async (t) => {
  const server = await recordingServer({ requireCertificate: true });
  t.teardown(() => server.close());
  const scene = await makeScene(t);
  const { theirs, ours } = await bothFail(t, scene, { server: server.url });
  t.regex(theirs, /remote error: tls: certificate required/);
  t.true(
    ours.message.startsWith(
      'Unable to connect to the server: remote error: tls: certificate required: the server does not take the client certificate of user "main"',
    ),
    ours.message,
  );
});
