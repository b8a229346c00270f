import { AsyncLocalStorage } from 'node:async_hooks';
import { subscribe } from 'node:diagnostics_channel';
import type { ClientRequest, IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { ClientHttp2Stream } from 'node:http2';

type Seconds = () => number;

const ahead = new AsyncLocalStorage<Seconds>();
const requests = new WeakMap<ClientRequest | ClientHttp2Stream, Seconds>();

subscribe('http.client.request.created', (message) => {
  const seconds = ahead.getStore();
  if (seconds) requests.set((message as { request: ClientRequest }).request, seconds);
});

subscribe('http.client.response.finish', (message) => {
  const { request, response } = message as { request: ClientRequest; response: IncomingMessage };
  putForward(response.headers, requests.get(request));
});

subscribe('http2.client.stream.created', (message) => {
  const seconds = ahead.getStore();
  if (seconds) requests.set((message as { stream: ClientHttp2Stream }).stream, seconds);
});

subscribe('http2.client.stream.finish', (message) => {
  const { stream, headers } = message as { stream: ClientHttp2Stream; headers: IncomingHttpHeaders };
  putForward(headers, requests.get(stream));
});

function putForward(headers: IncomingHttpHeaders, aheadBy: Seconds | undefined): void {
  const { date } = headers;
  const seconds = aheadBy?.();
  if (seconds && date) headers.date = new Date(Date.parse(date) + seconds * 1000).toUTCString();
}

/** Runs something for which every server's clock is ahead of this machine's by these seconds, as they are at each answer. */
export function withServersAhead<T>(seconds: Seconds, run: () => T): T {
  return ahead.run(seconds, run);
}
