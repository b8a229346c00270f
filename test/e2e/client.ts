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
  /** The user name and the password, with a colon between them. */
  readonly user?: string;
  /** How long a websocket is quiet before its first message, or events stay open after the third. */
  readonly seconds?: number;
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

async function call({
  url,
  as = 'http',
  bytes = 0,
  host,
  origin,
  authority,
  user,
  seconds,
  times,
}: Call): Promise<Answer> {
  const headers: Record<string, string> =
    user === undefined ? {} : { authorization: `Basic ${Buffer.from(user).toString('base64')}` };
  if (times !== undefined) {
    const statuses: number[] = [];
    for (let left = times; left > 0; left--)
      statuses.push((await once({ url, headers: { connection: 'close' } })).status);
    return { status: statuses.at(-1) ?? 0, body: '', statuses };
  }
  if (as === 'websocket') return overWebSocket(url, headers, seconds);
  if (as === 'events') return firstEvents({ url, headers }, seconds);
  if (as === 'upload') return once({ url, method: 'POST', body: new Uint8Array(bytes) });
  if ((host ?? origin ?? authority) !== undefined) return withHost(url, { host, origin, authority });
  const answer = await fetchOnce({ url, headers });
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

function overWebSocket(url: string, headers: Record<string, string>, seconds = 0): Promise<Answer> {
  return new Promise((resolve, reject) => {
    // Node's websocket takes headers, unlike a browser's.
    const options = { headers } as unknown as string[];
    const socket = new WebSocket(url.replace(/^http/, 'ws'), options);
    socket.addEventListener('open', () => setTimeout(() => socket.send('hello'), seconds * 1000));
    socket.addEventListener('close', () => reject(new Error('the websocket was closed')));
    socket.addEventListener('message', ({ data }) => {
      socket.close();
      resolve({ status: 101, body: String(data) });
    });
    socket.addEventListener('error', () => reject(new Error('the websocket failed')));
  });
}

/** The app sends three events and then keeps quiet: whoever buffers shows none. */
async function firstEvents(outgoing: Outgoing, seconds = 0): Promise<Answer> {
  const answer = await fetch(outgoing.url, { ...outgoing, signal: AbortSignal.timeout((60 + seconds) * 1000) });
  const reader = answer.body!.pipeThrough(new TextDecoderStream()).getReader();
  let body = '';
  while (body.split('\n\n').length <= 3) {
    const { done, value } = await reader.read();
    if (done) return { status: answer.status, body };
    body += value;
  }
  const quiet = new Promise<'quiet'>((resolve) => setTimeout(() => resolve('quiet'), seconds * 1000));
  const next = seconds === 0 ? 'quiet' : await Promise.race([quiet, reader.read()]);
  return next === 'quiet' ? { status: answer.status, body } : { status: 0, body: 'the stream ended' };
}

const answer = await call(JSON.parse(process.argv[2]!)).catch(({ cause, message }: Error) => ({
  status: 0,
  body: String(cause ?? message),
}));
// What goes on, such as events, is left; a pipe takes a long answer piece by piece.
process.stdout.write(JSON.stringify(answer), () => process.exit(0));
