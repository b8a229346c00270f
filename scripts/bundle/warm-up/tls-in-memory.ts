import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Http2ServerRequest, type Http2ServerResponse } from 'node:http2';
import { type Duplex, duplexPair } from 'node:stream';
import tls from 'node:tls';

/**
 * Replaces `node:tls` in the bundle. Each connection leads to `listener`, and the handshake ends at once with HTTP/2.
 * Node's real HTTP/2 client and server run over pipes in memory. With sockets, the order of events would differ from
 * run to run. Port 9 refuses connections.
 */
export function tlsInMemory(
  listener: (request: IncomingMessage, response: ServerResponse) => unknown,
): Pick<typeof tls, 'connect' | 'createSecureContext' | 'getCACertificates'> {
  const server = createServer((request: Http2ServerRequest, response: Http2ServerResponse) =>
    listener(request as unknown as IncomingMessage, response as unknown as ServerResponse),
  );
  const connect = ({ port }: tls.ConnectionOptions) => {
    const [client, far] = duplexPair();
    for (const end of [client, far]) Object.assign(end, socketMembers);
    process.nextTick(() => {
      if (port === 9) return client.destroy(refused());
      server.emit('connection', far);
      client.emit('secureConnect');
    });
    return client;
  };
  return { ...tls, connect: connect as unknown as typeof tls.connect };
}

/** The members of a TLS connection, other than those of a stream, that src/kubernetes and Node's HTTP/2 client need. */
const socketMembers = {
  alpnProtocol: 'h2',
  encrypted: true,
  setKeepAlive: itself,
  setNoDelay: itself,
  setTimeout: itself,
  ref: itself,
  unref: itself,
};

function itself(this: Duplex): Duplex {
  return this;
}

function refused(): Error {
  return Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:9'), { code: 'ECONNREFUSED', syscall: 'connect' });
}
