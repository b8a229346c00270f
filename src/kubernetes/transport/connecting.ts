import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { TimedOut } from './connection-failure.ts';

/**
 * The time limits of client-go (`transport/cache.go`) for the connection and for the TLS handshake, in milliseconds.
 * Only tests change them, because a test process on a slow machine makes many handshakes at once.
 */
export const connectLimits = { connectMs: 30_000, handshakeMs: 10_000 };

/**
 * TCP keep-alive. It notices when a load balancer has silently dropped the connection. The times are those of Go. The
 * count is different.
 */
export const aliveProbe = { firstMs: 30_000, nextMs: 15_000, count: 3 };

/**
 * Limits the time to connect, and the time of the TLS handshake. If an address does not answer, the operating system
 * would wait for two minutes.
 *
 * @param end receives the error when a limit is reached
 * @returns stops the limits
 */
export function limitConnecting(socket: Socket | TLSSocket, end: (reason: Error) => void): () => void {
  let limit = setTimeout(() => end(new TimedOut('%s: i/o timeout')), connectLimits.connectMs);
  const stop = () => clearTimeout(limit);
  const limitHandshake = () => {
    stop();
    if (!('encrypted' in socket)) return;
    limit = setTimeout(() => end(new TimedOut('net/http: TLS handshake timeout')), connectLimits.handshakeMs);
  };
  if (socket.connecting) socket.once('connect', limitHandshake);
  else limitHandshake();
  socket.once('secureConnect', stop);
  return stop;
}
