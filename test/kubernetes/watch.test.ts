import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { createGzip } from 'node:zlib';
import test from 'ava';
import { Failure } from '../../src/errors/failure.ts';
import { ApiError } from '../../src/kubernetes/api/api-error.ts';
import { UnexpectedAnswerError } from '../../src/kubernetes/api/expected-answer.ts';
import type { WatchEvent } from '../../src/kubernetes/api/watch.ts';
import { connectLimits } from '../../src/kubernetes/transport/connecting.ts';
import { connected, json, status } from './connected.ts';
import { breakConnection } from './recording-server.ts';

// The tests run at the same time, and a slow machine needs longer for all their handshakes.
connectLimits.handshakeMs = 120_000;

const event = (type: string, name: string) => ({ type, object: { metadata: { name, resourceVersion: '5' } } });
const line = (value: object) => `${JSON.stringify(value)}\n`;
const from = { resourceVersion: '4' };
const never = new AbortController().signal;

async function all<T>(events: AsyncGenerator<WatchEvent<T>>): Promise<WatchEvent<T>[]> {
  return Array.fromAsync(events);
}

test('events come whole, however the network cuts them, and it ends quietly when the server closes', async (t) => {
  const events = [event('ADDED', 'ü€😀'), event('MODIFIED', 'b'), event('DELETED', 'b'), event('BOOKMARK', '')];
  const bytes = Buffer.from(events.map(line).join(''));
  for (const size of [1, 2, 3, 7, bytes.length]) {
    const { api } = await connected(t, async (_, response) => {
      for (let at = 0; at < bytes.length; at += size) {
        response.write(bytes.subarray(at, at + size));
        await setTimeout(1);
      }
      response.end();
    });
    t.deepEqual(await all(api.watch('/api/v1/pods', from, never)), events as never);
  }
});

test('what is asked: bookmarks, the selectors, the version', async (t) => {
  const asked: unknown[] = [];
  const { api } = await connected(t, (request, response) => {
    asked.push(Object.fromEntries(new URL(request.url!, 'https://x').searchParams));
    response.end();
  });
  await all(api.watch('/api/v1/pods', { ...from, labelSelector: 'a=b', fieldSelector: 'c=d' }, never));
  const query = { labelSelector: 'a=b', fieldSelector: 'c=d', resourceVersion: '4' };
  t.deepEqual(asked, [{ watch: 'true', allowWatchBookmarks: 'true', ...query }]);
});

test('an event is there as soon as it is sent, also when it is packed', async (t) => {
  for (const packed of [false, true]) {
    const { api } = await connected(t, async (_, response) => {
      response.setHeader('content-encoding', packed ? 'gzip' : 'identity');
      const stream = packed ? createGzip() : response;
      if (packed) stream.pipe(response);
      stream.write(line(event('ADDED', 'a')));
      if ('flush' in stream) stream.flush();
      await new Promise((resolve) => response.once('close', resolve));
    });
    const stop = new AbortController();
    const events = api.watch<{ metadata: { name: string } }>('/api/v1/pods', from, stop.signal);
    t.is((await events.next()).value?.object.metadata.name, 'a');
    stop.abort();
    t.true((await events.next()).done);
  }
});

test('the signal ends it quietly: before, while connecting, while waiting', async (t) => {
  const { api } = await connected(t, async (_, response) => {
    response.flushHeaders();
    await new Promise((resolve) => response.once('close', resolve));
  });
  t.deepEqual(await all(api.watch('/api/v1/pods', from, AbortSignal.abort())), []);
  for (const afterMs of [0, 1, 5, 100])
    t.deepEqual(await all(api.watch('/api/v1/pods', from, AbortSignal.timeout(afterMs))), []);
});

test('who stops listening closes the connection, also when it is packed', async (t) => {
  for (const packed of [false, true]) {
    const closed = Promise.withResolvers<void>();
    const { api } = await connected(t, async (_, response) => {
      response.setHeader('content-encoding', packed ? 'gzip' : 'identity');
      const stream = packed ? createGzip() : response;
      if (packed) stream.pipe(response);
      stream.write(line(event('ADDED', 'a')));
      if ('flush' in stream) stream.flush();
      await new Promise((resolve) => response.once('close', resolve));
      closed.resolve();
    });
    for await (const _ of api.watch('/api/v1/pods', from, never)) break;
    await closed.promise;
  }
  t.pass();
});

test('a version that is too old is ApiError 410, said at once or on the way', async (t) => {
  const gone = status(410, 'Expired', 'too old resource version: 4 (9)');
  for (const answered of [true, false]) {
    const { api } = await connected(t, (_, response) =>
      answered
        ? json(response, gone, 410)
        : response.end(line(event('ADDED', 'a')) + line({ type: 'ERROR', object: gone })),
    );
    const error = await t.throwsAsync(all(api.watch('/api/v1/pods', from, never)), { instanceOf: ApiError });
    t.like(error, { status: 410, reason: 'Expired', serverMessage: 'too old resource version: 4 (9)' });
  }
});

test('a connection that breaks is a Failure, after the events that came', async (t) => {
  const events = new EventTarget();
  const { api } = await connected(t, async (request, response) => {
    const arrived = once(events, 'arrived');
    response.write(`${line(event('ADDED', 'a'))}{"type":`);
    await arrived;
    breakConnection(request);
  });
  const seen: unknown[] = [];
  const error = await t.throwsAsync(
    (async () => {
      for await (const each of api.watch('/api/v1/pods', from, never)) {
        seen.push(each);
        events.dispatchEvent(new Event('arrived'));
      }
    })(),
    { instanceOf: Failure },
  );
  t.false(error instanceof ApiError);
  t.regex(error?.message ?? '', /^Unable to connect to the server: EOF/);
  t.is(seen.length, 1);
});

test('--request-timeout bounds the beginning of a watch, not its length', async (t) => {
  // Long enough for a slow machine to begin the watch in time.
  const long = await connected(
    t,
    async (_, response) => {
      response.flushHeaders();
      await setTimeout(31_000);
      response.end(line(event('ADDED', 'late')));
    },
    { requestTimeout: '30s' },
  );
  const silent = await connected(t, () => new Promise(() => {}), { requestTimeout: '500ms' });
  const late = all(long.api.watch('/api/v1/pods', from, never));
  await t.throwsAsync(all(silent.api.watch('/api/v1/pods', from, never)), {
    message: /no answer to GET .* within 500ms/,
  });
  t.is((await late).length, 1);
});

test('a forbidden watch is ApiError 403', async (t) => {
  const { api } = await connected(t, (_, response) =>
    json(response, status(403, 'Forbidden', 'pods is forbidden'), 403),
  );
  const error = await t.throwsAsync(all(api.watch('/api/v1/namespaces/n/pods', from, never)), { instanceOf: ApiError });
  t.regex((error as ApiError).cures[0]?.command ?? '', /^kubectl auth can-i watch pods -n n /);
});

test('TCP asks now and then whether the server is still there', async (t) => {
  if (process.platform !== 'linux') return t.pass('/proc/net/tcp tells');
  let port = 0;
  const { api } = await connected(t, async (request, response) => {
    port = request.socket.remotePort!;
    response.write(line(event('ADDED', 'a')));
    await new Promise((resolve) => response.once('close', resolve));
  });
  const events = api.watch('/api/v1/pods', from, never);
  await events.next();
  const local = `0100007F:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  const socket = readFileSync('/proc/net/tcp', 'utf8')
    .split('\n')
    .map((each) => each.trim().split(/\s+/))
    // An older connection of the same port may be in TIME_WAIT.
    .find(([, address, , state]) => address === local && state === '01');
  const [timer, ticks] = socket![5]!.split(':');
  t.is(timer, '02', 'the keep-alive timer runs');
  t.true(Number.parseInt(ticks!, 16) > 0 && Number.parseInt(ticks!, 16) <= 3000, 'for 30 s, in hundredths');
  await events.return(undefined);
});

test('what is not an event of an object ends the watch', async (t) => {
  const wrong = [
    '{"type":"ADDED","object":{}}',
    '{"type":"ADDED"}',
    '{"type":"NEW","object":{"metadata":{}}}',
    '7',
    'x{',
  ];
  for (const text of wrong) {
    const { api } = await connected(t, (_, response) => response.end(`${text}\n`));
    const error = await t.throwsAsync(all(api.watch('/api/v1/pods', from, never)), {
      instanceOf: UnexpectedAnswerError,
    });
    t.regex(
      error?.message ?? '',
      /^unexpected response from the server: .* answered GET \/api\/v1\/pods with .* instead of events/,
    );
  }
});
