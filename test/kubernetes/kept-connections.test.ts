import { setTimeout } from 'node:timers/promises';
import anyTest from 'ava';
import { LostAnswerError } from '../../src/kubernetes/transport/transport.ts';
import { until } from '../cluster/until.ts';
import { connected, json } from './connected.ts';
import { type Answer, breakConnection } from './recording-server.ts';

// One after the other: on a slow machine, many handshakes at once take longer than the 10 s that one may take.
const test = anyTest.serial;

/** The last arguments of `connected` for a server without HTTP/2. */
const http1 = [{}, { version: '1.1' }] as const;

test('HTTP/1.1: lists go out at the same time, over connections that are kept', async (t) => {
  const ports = new Set<number>();
  let [arrived, under, most] = [0, 0, 0];
  const { api } = await connected(
    t,
    async (request, response) => {
      ports.add(request.socket.remotePort!);
      most = Math.max(most, ++under);
      // Until all of a round are under way. A connection that carries two after each other does not get that far.
      const all = Math.ceil(++arrived / 8) * 8;
      await until('8 requests are under way', () => arrived >= all).catch(() => {});
      under--;
      json(response, { kind: 'PodList', items: [] });
    },
    ...http1,
  );
  for (let round = 0; round < 3; round++) await Promise.all(Array.from({ length: 8 }, () => api.list('/api/v1/pods')));
  t.is(most, 8);
  t.is(ports.size, 8);
});

test('HTTP/1.1: a hundred writes at once share 8 connections, and none is taken for one that does not shake hands', async (t) => {
  const ports = new Set<number>();
  const warnings: Error[] = [];
  const warn = (warning: Error) => warnings.push(warning);
  process.on('warning', warn);
  t.teardown(() => process.off('warning', warn));
  const { api } = await connected(
    t,
    (request, response) => {
      ports.add(request.socket.remotePort!);
      // The last in the queue waits for more than the 10 s that a handshake may take.
      return setTimeout(ports.size < 8 ? 20 : request.url === '/last' ? 10_500 : 20).then(() => json(response, {}));
    },
    ...http1,
  );
  await Promise.all(
    Array.from({ length: 100 }, (_, index) => api.create(index === 99 ? '/last' : '/api/v1/services', {})),
  );
  t.is(ports.size, 8);
  t.deepEqual(warnings, []);
});

/** Answers the first request of each connection, and closes the connection at the second without an answer. */
function closesKept(): Answer {
  const known = new Set<number>();
  return (request, response) => {
    const port = request.socket.remotePort!;
    if (known.has(port)) return breakConnection(request);
    known.add(port);
    json(response, {});
  };
}

for (const options of [{}, { version: '1.1' }] as const) {
  const version = `HTTP/${'version' in options ? options.version : '2'}`;

  test(`${version}: a read on a kept connection that was closed is repeated`, async (t) => {
    const { api, scene } = await connected(t, closesKept(), {}, options);
    await api.get('/first');
    t.deepEqual(await api.get('/second'), {});
    t.deepEqual(
      scene.a.asked.map(({ path }) => path),
      ['/first', '/second', '/second'],
    );
  });

  test(`${version}: a write on a kept connection that was closed is not repeated: it may have arrived`, async (t) => {
    const { api, scene } = await connected(t, closesKept(), {}, options);
    await api.get('/first');
    const error = await t.throwsAsync(api.create('/second', {}), { instanceOf: LostAnswerError });
    t.regex(error?.message ?? '', /^Unable to connect to the server: EOF/);
    t.deepEqual(
      scene.a.asked.map(({ path }) => path),
      ['/first', '/second'],
    );
  });
}
