import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { controllerPageOf } from '../platforms/controller-pages.ts';
import type { HttpAnswer } from '../snapshot/probe.ts';
import { type HttpTarget, ownHeadersOf, readBody, readBytes } from './ask-over-http.ts';
import type { Deadline } from './deadline.ts';

/**
 * Tries a websocket handshake on an open connection, and closes the websocket at once.
 *
 * @param origin the value of the Origin header; a browser sends the origin of the page there
 * @returns the answer; its status is 101 if the websocket was accepted
 */
export async function shakeWebsocket(
  socket: Socket,
  target: HttpTarget,
  origin: string,
  deadline: Deadline,
): Promise<HttpAnswer> {
  const { WebSocket } = await import('ws');
  // The connection is already open, so the scheme of this URL has no effect.
  const client = new WebSocket(`ws://${target.host.includes(':') ? `[${target.host}]` : target.host}${target.path}`, {
    createConnection: () => socket,
    headers: ownHeadersOf(target),
    origin,
    perMessageDeflate: false,
    followRedirects: false,
  });
  const answered = new Promise<HttpAnswer>((resolve) => {
    const ended = (outcome: HttpAnswer['outcome'], status: number, page: string | null = null) =>
      resolve({ outcome, status, page });
    client.once('open', () => {
      client.close(1000);
      ended('answered', 101);
    });
    client.once('unexpected-response', (_, message: IncomingMessage) => {
      const { statusCode: status = 0, headers } = message;
      void readBody(message, readBytes, deadline).then((body) =>
        ended('answered', status, controllerPageOf({ status, body, headers })),
      );
    });
    client.once('error', () => ended('closed', 0));
  });
  // Ignore errors after the answer, for example of the closed connection.
  client.on('error', () => {});
  try {
    return await deadline.within<HttpAnswer, HttpAnswer>(answered, { outcome: 'silent', status: 0, page: null });
  } finally {
    client.terminate();
    socket.destroy();
  }
}
