import type { ClientRequest, IncomingMessage } from 'node:http';
import type { Agent, RequestOptions } from 'node:https';
import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { aliveProbe, limitConnecting } from './connecting.ts';
import type { Answer, Exchange, Line, RequestHead } from './exchange.ts';

/**
 * Sends requests by HTTP/1.1. The agent keeps connections open for later requests.
 *
 * @param request the function of node:http or node:https
 */
export function http1Line(agent: Agent, request: typeof import('node:https').request): Line {
  return {
    send: (head) => send(agent, request, head),
    close: () => agent.destroy(),
    isClosed: false,
  };
}

/** Gives an agent a connection that is already open. It is used for the next request that needs a connection. */
export function useFirst(agent: Agent, socket: TLSSocket): void {
  const { createConnection } = agent;
  begun.add(socket);
  agent.createConnection = () => {
    agent.createConnection = createConnection;
    return socket;
  };
}

function send(agent: Agent, request: typeof import('node:https').request, head: RequestHead): Exchange {
  const { method, url, headers, body, streaming } = head;
  // A watch occupies a connection as long as it lasts. Raise the limit by one, so that other requests have as many
  // connections as before.
  if (streaming) agent.maxSockets++;
  const outgoing = request(url, { method, headers, agent } as RequestOptions);
  if (streaming) outgoing.once('close', () => agent.maxSockets--);
  let sent = false;
  outgoing.once('finish', () => {
    sent = true;
  });
  const end = (reason: Error) => void outgoing.destroy(reason);
  outgoing.once('socket', (socket) => limitNew(socket, outgoing, end));
  const answer = new Promise<Answer>((resolve, reject) => {
    outgoing.once('response', (message) => {
      if (streaming) keepAlive(message.socket);
      resolve(answerOf(message));
    });
    // After the answer has begun, its body has the error too.
    outgoing.on('error', reject);
  });
  outgoing.end(body);
  return {
    answer,
    mayHaveArrived: () => sent,
    // The server has closed an idle connection just when it was used again.
    mayBeRepeated: ({ code }) => (outgoing.reusedSocket && (code === 'ECONNRESET' || code === 'EPIPE') ? 'read' : 'no'),
    end,
  };
}

function answerOf(message: IncomingMessage): Answer {
  return {
    status: message.statusCode!,
    statusText: message.statusMessage ?? '',
    headers: message.headers,
    body: message,
    discard: () => void message.destroy(),
  };
}

/** The connections that already have a time limit for connecting. */
const begun = new WeakSet<object>();

/** Limits the time to connect, if the connection is new. */
function limitNew(socket: Socket, request: ClientRequest, end: (reason: Error) => void): void {
  // A reused connection is already open. `reusedSocket` does not always show this: it is not set for a request that
  // waited in the queue for a connection.
  if (begun.has(socket)) return;
  begun.add(socket);
  request.once('close', limitConnecting(socket as TLSSocket, end));
}

function keepAlive(socket: Socket): void {
  const { firstMs, nextMs, count } = aliveProbe;
  socket.setKeepAlive(true, firstMs, nextMs, count);
}
