// node test/e2e/client.ts CALL   (JSON of Call): makes one call, from whatever network this process is in, and prints its
// Answer as JSON.

import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { buffer } from 'node:stream/consumers';

/** One call. */
export interface Call {
  readonly url: string;
  readonly as?: 'http' | 'websocket' | 'events' | 'upload' | 'download';
  /** Bytes of an upload or a download. */
  readonly bytes?: number;
  /** Another host than the URL's, as a name that no resolver here knows would be sent. */
  readonly host?: string;
  readonly origin?: string;
  /** PEM: trust this authority alone. */
  readonly authority?: string;
  /** How many calls, one after the other; each on a connection of its own. */
  readonly times?: number;
}

/** What came back. */
export interface Answer {
  /** HTTP status; 0 when there was no answer. */
  readonly status: number;
  readonly body: string;
  /** Where a redirect leads, as it was sent; only of calls that follow none. */
  readonly location?: string;
  /** Statuses of all calls, when there were several. */
  readonly statuses?: readonly number[];
}

const patienceMs = 10_000;

async function call({ url, as = 'http', bytes = 0, host, origin, authority, times }: Call): Promise<Answer> {
  if (times !== undefined) {
    const statuses: number[] = [];
    for (let left = times; left > 0; left--)
      statuses.push((await once({ url, headers: { connection: 'close' } })).status);
    return { status: statuses.at(-1) ?? 0, body: '', statuses };
  }
  if (as === 'websocket') return overWebSocket(url);
  if (as === 'events') return firstEvents(url);
  if (as === 'upload') return once({ url, method: 'POST', body: new Uint8Array(bytes) });
  if ((host ?? origin ?? authority) !== undefined) return withHost(url, { host, origin, authority });
  const answer = await fetchOnce({ url });
  const location = answer.headers.get('location') ?? undefined;
  if (as !== 'download') return { status: answer.status, body: await answer.text(), ...(location && { location }) };
  return { status: answer.status, body: String((await answer.arrayBuffer()).byteLength) };
}

interface Outgoing extends RequestInit {
  readonly url: string;
}

async function fetchOnce({ url, ...init }: Outgoing): Promise<Response> {
  return fetch(url, { ...init, redirect: 'manual', signal: AbortSignal.timeout(60_000) });
}

async function once(outgoing: Outgoing): Promise<Answer> {
  try {
    const answer = await fetch(outgoing.url, { ...outgoing, signal: AbortSignal.timeout(patienceMs) });
    return { status: answer.status, body: await answer.text() };
  } catch (error) {
    return { status: 0, body: String((error as Error).cause ?? error) };
  }
}

/** fetch() sends no other Host than the URL's, and trusts no authority of ours. */
function withHost(
  url: string,
  { host, origin, authority }: { readonly [K in 'host' | 'origin' | 'authority']: string | undefined },
): Promise<Answer> {
  const make = url.startsWith('https:') ? httpsRequest : httpRequest;
  return new Promise((resolve, reject) => {
    const options = { ca: authority, timeout: patienceMs, ...(host && { servername: host.replace(/:\d+$/, '') }) };
    const headers = { ...(host && { host }), ...(origin && { origin }) };
    const request = make(url, { ...options, headers }, async (answer) => {
      const { statusCode = 0, headers: answered } = answer;
      const body = (await buffer(answer)).toString();
      resolve({ status: statusCode, body, ...(answered.location && { location: answered.location }) });
    });
    request.once('error', reject).end();
  });
}

function overWebSocket(url: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url.replace(/^http/, 'ws'));
    socket.addEventListener('open', () => socket.send('hello'));
    socket.addEventListener('message', ({ data }) => {
      socket.close();
      resolve({ status: 101, body: String(data) });
    });
    socket.addEventListener('error', () => reject(new Error('the websocket failed')));
  });
}

/** The app sends three events and then keeps quiet: whoever buffers shows none. */
async function firstEvents(url: string): Promise<Answer> {
  const answer = await fetchOnce({ url });
  let body = '';
  for await (const chunk of answer.body!.pipeThrough(new TextDecoderStream())) {
    body += chunk;
    if (body.split('\n\n').length > 3) break;
  }
  return { status: answer.status, body };
}

const answer = await call(JSON.parse(process.argv[2]!)).catch(({ cause, message }: Error) => ({
  status: 0,
  body: String(cause ?? message),
}));
// What goes on, such as events, is left; a pipe takes a long answer piece by piece.
process.stdout.write(JSON.stringify(answer), () => process.exit(0));
