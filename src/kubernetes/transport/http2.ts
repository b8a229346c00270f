import type { IncomingHttpHeaders } from 'node:http';
import { STATUS_CODES } from 'node:http';
import {
  type ClientHttp2Session,
  type ClientHttp2Stream,
  connect,
  constants,
  type IncomingHttpStatusHeader,
  type OutgoingHttpHeaders,
} from 'node:http2';
import type { TLSSocket } from 'node:tls';
import { aliveProbe } from './connecting.ts';
import { TimedOut } from './connection-failure.ts';
import type { Answer, Exchange, Line, RequestHead } from './exchange.ts';

/**
 * How much the server may send before it has to wait for an acknowledgement, in bytes: for one answer, and for all.
 * With Node's 64 KiB, each 64 KiB of a list take a round trip: 2.6 MB over 100 ms took 5.3 s instead of 0.2 s.
 */
const window = { answerBytes: 16 * 2 ** 20, allBytes: 32 * 2 ** 20 };

/** The memory limit of a connection, in MB. Node's default of 10 is less than the windows. */
const mostMemory = 64;

/**
 * If nothing arrives for `quietMs`, the server is asked whether the connection works, and has `answerMs` to answer. The
 * times are those of client-go (`HTTP2_READ_IDLE_TIMEOUT_SECONDS`, `HTTP2_PING_TIMEOUT_SECONDS`).
 */
const usualPing = { quietMs: 30_000, answerMs: 15_000 };

/**
 * Sends requests by HTTP/2, all of them over one connection.
 *
 * @param socket the connection, after a TLS handshake in which the server has chosen HTTP/2
 * @param idleLimitMs how long the connection stays open without a request, in milliseconds
 */
export function http2Line(socket: TLSSocket, server: string, idleLimitMs: number, ping = usualPing): Line {
  const { firstMs, nextMs, count } = aliveProbe;
  socket.setKeepAlive(true, firstMs, nextMs, count).setNoDelay(true);
  const session = connect(new URL(server).origin, {
    createConnection: () => socket,
    maxSessionMemory: mostMemory,
    settings: { enablePush: false, initialWindowSize: window.answerBytes },
  });
  session.setLocalWindowSize(window.allBytes);
  // Each request has the error too.
  session.on('error', () => {});
  watchOver(session, socket, ping);
  let underWay = 0;
  let answers = 0;
  let idle: NodeJS.Timeout | undefined;
  const begin = () => {
    underWay++;
    clearTimeout(idle);
  };
  const done = () => {
    if (--underWay === 0) idle = setTimeout(() => session.close(), idleLimitMs).unref();
  };
  return {
    send: (head) => {
      begin();
      const wasUsed = answers > 0;
      const stream = session.request(headersOf(head), { endStream: head.body === undefined });
      if (head.body !== undefined) stream.end(head.body);
      stream.once('close', done);
      stream.once('response', () => answers++);
      return exchangeOf(stream, wasUsed);
    },
    close: () => session.destroy(),
    get isClosed() {
      return session.closed || session.destroyed;
    },
  };
}

function headersOf({ method, url, headers }: RequestHead): OutgoingHttpHeaders {
  const { pathname, search } = new URL(url);
  return { ':method': method, ':path': `${pathname}${search}`, ...(headers as OutgoingHttpHeaders) };
}

function exchangeOf(stream: ClientHttp2Stream, wasUsed: boolean): Exchange {
  let ended: Error | undefined;
  let failure: NodeJS.ErrnoException | undefined;
  const answer = new Promise<Answer>((resolve, reject) => {
    stream.once('response', (headers) => resolve(answerOf(stream, headers, () => ended ?? failure)));
    stream.on('error', (error) => {
      failure = error;
      reject(ended ?? error);
    });
    stream.once('close', () => reject(ended ?? failure ?? closedEarly()));
  });
  return {
    answer,
    // The stream has no number as long as its request waits in this process.
    mayHaveArrived: () => stream.id !== undefined && !isUnseen(stream),
    mayBeRepeated: () => (isUnseen(stream) ? 'any' : wasUsed && isConnectionLost(stream) ? 'read' : 'no'),
    end: (reason) => {
      ended = reason;
      stream.destroy(reason);
    },
  };
}

/** Whether the server has said that it did not look at the request, for example because it is about to stop. */
function isUnseen({ rstCode }: ClientHttp2Stream): boolean {
  return rstCode === constants.NGHTTP2_REFUSED_STREAM;
}

/** Whether the connection has ended, and not only the request. */
function isConnectionLost({ session }: ClientHttp2Stream): boolean {
  return session === undefined || session.closed || session.destroyed;
}

function answerOf(
  stream: ClientHttp2Stream,
  headers: IncomingHttpHeaders & IncomingHttpStatusHeader,
  failure: () => Error | undefined,
): Answer {
  const { ':status': status = 0, ...others } = headers;
  return {
    status,
    statusText: STATUS_CODES[status] ?? '',
    headers: others,
    body: wholeBody(stream, headers, failure),
    discard: () => void stream.destroy(),
  };
}

/** The body. Node ends a stream in the same way whether its answer is complete or was cut off. */
async function* wholeBody(
  stream: ClientHttp2Stream,
  { 'content-length': length }: IncomingHttpHeaders,
  failure: () => Error | undefined,
): AsyncGenerator<Buffer> {
  let seen = 0;
  try {
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      seen += chunk.length;
      yield chunk;
    }
  } catch (error) {
    throw failure() ?? (isConnectionLost(stream) ? closedEarly() : error);
  }
  const isCutOff = stream.rstCode !== constants.NGHTTP2_NO_ERROR || seen < Number(length ?? 0);
  if (isCutOff) throw failure() ?? closedEarly();
}

/** The error of node:http for the same. */
function closedEarly(): NodeJS.ErrnoException {
  return Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' });
}

/**
 * Ends a connection that has stopped working. TCP keep-alive does not notice it as long as sent data is not
 * acknowledged.
 */
function watchOver(session: ClientHttp2Session, socket: TLSSocket, ping: typeof usualPing): void {
  let seen = 0;
  let asked: NodeJS.Timeout | undefined;
  const look = setInterval(() => {
    const { bytesRead } = socket;
    if (bytesRead !== seen || session.destroyed) {
      seen = bytesRead;
      return;
    }
    asked ??= setTimeout(() => session.destroy(new TimedOut('http2: client connection lost')), ping.answerMs).unref();
    session.ping(() => {
      clearTimeout(asked);
      asked = undefined;
    });
  }, ping.quietMs).unref();
  session.once('close', () => {
    clearInterval(look);
    clearTimeout(asked);
  });
}
