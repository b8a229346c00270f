import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Http2ServerRequest } from 'node:http2';
import { buffer } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { gunzipSync } from 'node:zlib';
import type { AskedRequest } from './asked-request.ts';
import type { Blow } from './fault.ts';
import { headersOf } from './headers-of.ts';

/** One request that is to be hit. */
export interface Exchange {
  readonly asked: AskedRequest;
  readonly incoming: IncomingMessage;
  readonly response: ServerResponse;
  /** Where redirects lead. */
  readonly redirect: string;
  /** Sends the request to the API server. */
  pass(body: Buffer): Promise<IncomingMessage>;
  /** Closes the proxy. */
  goAway(): void;
}

/** Ends the connection of a request. In HTTP/2, ends this request only: others share its connection. */
function breakOff(incoming: IncomingMessage): void {
  const { stream } = incoming as unknown as Partial<Http2ServerRequest>;
  if (stream) stream.on('error', () => {}).destroy(new Error('reset'));
  else incoming.socket.destroy();
}

const pieces = 8;
const betweenPiecesMs = 25;

/** Hits one request. @returns `unchanged` if the client got the API server's own answer after all */
export async function deliver(blow: Blow, exchange: Exchange): Promise<'unchanged' | undefined> {
  const { asked, incoming, response, goAway } = exchange;
  if (blow.do === 'go away') return void goAway();
  const body = await buffer(incoming).catch(() => undefined);
  if (!body) return undefined;
  switch (blow.do) {
    case 'answer': {
      const headers = { 'content-type': 'application/json', ...blow.headers };
      response.writeHead(blow.status, blow.redirects ? { ...headers, location: exchange.redirect } : headers);
      response.end(blow.body(asked));
      return undefined;
    }
    case 'write bytes':
      incoming.socket.end(blow.bytes(asked));
      return undefined;
    case 'reset':
      breakOff(incoming);
      return undefined;
    case 'stay silent':
      return undefined;
    default:
      return spoil(blow, exchange, body);
  }
}

/** Faults that need the API server's answer. */
async function spoil(
  blow: Extract<Blow, { do: 'lose the answer' | 'cut the answer' | 'drip' | 'change the answer' }>,
  { incoming, response, pass }: Exchange,
  sent: Buffer,
): Promise<'unchanged' | undefined> {
  const answer = await pass(sent);
  const received = await buffer(answer);
  const { 'content-length': _, 'content-encoding': encoding, ...headers } = headersOf(answer);
  const body = encoding === 'gzip' ? gunzipSync(received) : received;
  const status = answer.statusCode!;
  if (blow.do === 'lose the answer') {
    breakOff(incoming);
    return undefined;
  }
  if (blow.do === 'change the answer') {
    const text = JSON.stringify(blow.change(JSON.parse(body.toString())));
    response.writeHead(status, headers).end(text);
    return text === JSON.stringify(JSON.parse(body.toString())) ? 'unchanged' : undefined;
  }
  response.writeHead(status, { ...headers, 'content-length': body.length });
  if (blow.do === 'cut the answer') {
    response.write(body.subarray(0, body.length / 2), () => breakOff(incoming));
    return undefined;
  }
  const size = Math.ceil(body.length / pieces);
  for (let at = 0; at < body.length; at += size) {
    response.write(body.subarray(at, at + size));
    await delay(betweenPiecesMs);
  }
  response.end();
  return undefined;
}
