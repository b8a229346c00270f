import { once } from 'node:events';
import { createSecureServer, constants as http2, type ServerHttp2Session, type ServerHttp2Stream } from 'node:http2';
import { type AddressInfo, connect as connectTcp, createServer, type Socket } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { connect as connectTls } from 'node:tls';
import anyTest, { type ExecutionContext } from 'ava';
import { Failure } from '../../src/errors/failure.ts';
import { connect } from '../../src/kubernetes/api/connect.ts';
import { http2Line } from '../../src/kubernetes/transport/http2.ts';
import { LostAnswerError } from '../../src/kubernetes/transport/transport.ts';
import { until } from '../cluster/until.ts';
import { kubeconfig, makeScene } from './beside-kubectl.ts';
import { connected, json } from './connected.ts';
import { issue } from './recording-server.ts';
import { systemForTest } from './system-for-test.ts';

// One after the other: on a slow machine, many handshakes at once take longer than the 10 s that one may take.
const test = anyTest.serial;

const podList = { kind: 'PodList', items: [] };

test('all requests share one connection, a watch too', async (t) => {
  const ports = new Set<number>();
  const versions = new Set<string>();
  const { api } = await connected(t, async (request, response) => {
    ports.add(request.socket.remotePort!);
    versions.add(request.httpVersion);
    if (request.url!.includes('watch=')) return new Promise((done) => response.once('close', done));
    await setTimeout(20);
    json(response, podList);
  });
  const stop = new AbortController();
  const watching = (async () => {
    for await (const _ of api.watch('/api/v1/pods', { resourceVersion: '1' }, stop.signal));
  })();
  await Promise.all(Array.from({ length: 60 }, () => api.list('/api/v1/pods')));
  stop.abort();
  await watching;
  t.is(ports.size, 1);
  t.deepEqual([...versions], ['2.0']);
});

test('a server without HTTP/2 gets HTTP/1.1, also over the connection that found out', async (t) => {
  const ports = new Set<number>();
  const { api } = await connected(
    t,
    async (request, response) => {
      ports.add(request.socket.remotePort!);
      await until('three connections are open', () => ports.size === 3).catch(() => {});
      json(response, podList);
    },
    {},
    { version: '1.1' },
  );
  let connections = 0;
  await Promise.all(Array.from({ length: 3 }, () => api.list('/api/v1/pods')));
  connections = ports.size;
  t.is(connections, 3);
});

test('DISABLE_HTTP2 means HTTP/1.1, as for kubectl', async (t) => {
  const versions = new Set<string>();
  const scene = await makeScene(t, {
    answer: (request, response) => {
      versions.add(request.httpVersion);
      json(response, podList);
    },
  });
  const system = systemForTest({ cwd: scene.folder, env: { DISABLE_HTTP2: '1' } });
  const connection = await connect({ kubeconfig: scene.file('config', kubeconfig(scene)) }, system);
  t.teardown(() => connection.close());
  await connection.api.list('/api/v1/pods');
  t.deepEqual([...versions], ['1.1']);
});

test('a connection that the server ends is replaced, and what it did not look at is sent again', async (t) => {
  const server = await bareServer(t);
  const { api } = await server.connect();
  server.answer = (stream) => respond(stream, podList);
  await api.list('/api/v1/pods');
  // As kube-apiserver when it stops: open requests may end, later ones need another connection.
  for (const session of server.sessions) session.goaway(http2.NGHTTP2_NO_ERROR);
  await api.list('/api/v1/pods');
  t.is(server.sessions.length, 2);
  let refused = 0;
  server.answer = (stream) => (++refused <= 2 ? stream.close(http2.NGHTTP2_REFUSED_STREAM) : respond(stream, {}));
  await api.create('/api/v1/services', {});
  t.is(refused, 3);
});

test('a server that refuses all requests is told to the user', async (t) => {
  const server = await bareServer(t);
  const { api } = await server.connect();
  let refused = 0;
  server.answer = (stream) => {
    refused++;
    stream.close(http2.NGHTTP2_REFUSED_STREAM);
  };
  const error = await t.throwsAsync(api.create('/api/v1/services', {}), { instanceOf: Failure });
  t.false(error instanceof LostAnswerError);
  t.regex(error?.message ?? '', /^Unable to connect to the server: .*NGHTTP2_REFUSED_STREAM/);
  t.is(refused, 4);
});

test('a new connection that ends without an answer is not tried again', async (t) => {
  const server = await bareServer(t);
  const { api } = await server.connect();
  server.answer = (stream) => stream.session?.destroy();
  const error = await t.throwsAsync(api.list('/api/v1/pods'), { instanceOf: Failure });
  t.regex(error?.message ?? '', /^Unable to connect to the server: EOF/);
  t.is(server.sessions.length, 1);
});

for (const [how, cutOff] of [
  // The code of the reset is INTERNAL_ERROR, as that of kube-apiserver when it gives up an answer that has begun.
  ['the server gives up', (stream: ServerHttp2Stream) => stream.destroy(new Error('given up'))],
  ['the connection ends', (stream: ServerHttp2Stream) => stream.session?.destroy()],
] as const) {
  test(`an answer that is cut off is not taken for a whole one: ${how}`, async (t) => {
    const server = await bareServer(t);
    const { api } = await server.connect();
    server.answer = async (stream) => {
      stream.respond({ ':status': 200 });
      stream.write(JSON.stringify(podList));
      await setTimeout(30);
      cutOff(stream);
    };
    await t.throwsAsync(api.list('/api/v1/pods'), {
      instanceOf: Failure,
      message: /^Unable to connect to the server: /,
    });
  });
}

test('the server may send 16 MiB before it waits for an acknowledgement', async (t) => {
  const server = await bareServer(t);
  const { api } = await server.connect();
  server.answer = (stream) => respond(stream, podList);
  await api.list('/api/v1/pods');
  const [session] = server.sessions;
  t.is(session!.remoteSettings.initialWindowSize, 16 * 2 ** 20);
  t.true((session!.state.remoteWindowSize ?? 0) >= 31 * 2 ** 20);
});

test('a connection without requests is closed, and one that stopped working too', async (t) => {
  const server = await bareServer(t);
  const idle = http2Line(await server.socket(), server.url, 500);
  server.answer = (stream) => respond(stream, podList);
  const head = { method: 'GET', url: `${server.url}/a`, headers: {}, body: undefined, streaming: false };
  const { body } = await idle.send(head).answer;
  for await (const _ of body);
  t.false(idle.isClosed);
  while (!idle.isClosed) await setTimeout(10);

  const way = await passage(t, Number(new URL(server.url).port));
  const line = http2Line(await server.socket(way.port), server.url, 600_000, { quietMs: 1000, answerMs: 5000 });
  server.answer = (stream) => stream.respond({ ':status': 200 });
  const watching = await line.send({ ...head, streaming: true }).answer;
  way.swallow();
  await t.throwsAsync(
    (async () => {
      for await (const _ of watching.body);
    })(),
    { message: 'http2: client connection lost' },
  );
  t.true(line.isClosed);
});

function respond(stream: ServerHttp2Stream, value: object): void {
  stream.respond({ ':status': 200, 'content-type': 'application/json' });
  stream.end(JSON.stringify(value));
}

/** A server of HTTP/2 whose streams are in the test's hands. */
async function bareServer(t: ExecutionContext) {
  const scene = await makeScene(t);
  const shown = issue('bare-server', { hosts: ['127.0.0.1'] });
  const server = createSecureServer({ cert: shown.certificate, key: shown.privateKey });
  const sessions: ServerHttp2Session[] = [];
  const rawSockets: Socket[] = [];
  server.on('session', (session) => sessions.push(session));
  server.on('connection', (socket) => rawSockets.push(socket));
  server.on('sessionError', () => {});
  const bare = {
    ...{ sessions, url: '' },
    answer: (_stream: ServerHttp2Stream): unknown => undefined,
    async connect() {
      const config = scene.file('bare', kubeconfig(scene, { cluster: { server: bare.url } }));
      const connection = await connect({ kubeconfig: config }, systemForTest({ cwd: scene.folder }));
      t.teardown(() => connection.close());
      return connection;
    },
    async socket(port = Number(new URL(bare.url).port)) {
      const options = { host: '127.0.0.1', port, rejectUnauthorized: false, ALPNProtocols: ['h2'] };
      const socket = connectTls(options);
      socket.on('error', () => {});
      t.teardown(() => void socket.destroy());
      await once(socket, 'secureConnect');
      return socket;
    },
  };
  server.on('stream', (stream: ServerHttp2Stream) => {
    stream.on('error', () => {});
    bare.answer(stream);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  bare.url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  t.teardown(() => {
    for (const socket of rawSockets) socket.destroy();
    server.close();
  });
  return bare;
}

/** A way to a port of this machine that can swallow all that it should pass on, as a broken network does. */
async function passage(t: ExecutionContext, target: number): Promise<{ port: number; swallow(): void }> {
  const sockets: Socket[] = [];
  const server = createServer((near) => {
    const far = connectTcp(target, '127.0.0.1');
    for (const socket of [near, far]) sockets.push(socket.on('error', () => {}));
    near.pipe(far).pipe(near);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return {
    port: (server.address() as AddressInfo).port,
    swallow: () => {
      for (const socket of sockets) socket.unpipe().resume();
    },
  };
}
