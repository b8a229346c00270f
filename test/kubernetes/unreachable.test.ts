import test from 'ava';
import { Failure } from '../../src/errors/failure.ts';
import { connect } from '../../src/kubernetes/api/connect.ts';
import { cureCommands, cureText } from '../helpers/cure-text.ts';
import { kubeconfig, makeScene } from './beside-kubectl.ts';
import { systemForTest } from './system-for-test.ts';
import { bothFail, freePort, rawServer, weFail } from './unreachable-servers.ts';

test('refused', async (t) => {
  const scene = await makeScene(t);
  const port = await freePort();
  const { theirs, ours, context } = await bothFail(t, scene, { server: `https://127.0.0.1:${port}` });
  t.is(theirs, `The connection to the server 127.0.0.1:${port} was refused - did you specify the right host or port?`);
  t.is(ours.message, `${theirs} (${context})`);
  t.is(ours.code, 'unreachable-server');
  t.deepEqual(cureCommands(ours), [null, 'kubectl config get-contexts']);
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
  t.is(ours.code, 'tls-failure');
  t.regex(cureCommands(ours)[0] ?? '', new RegExp(`^kubectl version --server=http://127.0.0.1:${scene.a.port} `));
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
  for (const path of ['/api/v1/pods', '/slow-body']) {
    const error = await t.throwsAsync(api.get(path), { instanceOf: Failure });
    t.is(cureText(error), 'add --request-timeout=0 to wait as long as it takes');
    t.is(
      error?.message,
      `Unable to connect to the server: no answer to GET ${path} within 300ms (Client.Timeout exceeded) (${scene.a.url}, context "main" of ${file})`,
    );
  }
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
  t.true(Date.now() - begun >= 9_900);
});
