import { AsyncLocalStorage } from 'node:async_hooks';
import { subscribe } from 'node:diagnostics_channel';
import type { ClientRequest, IncomingMessage } from 'node:http';

const ahead = new AsyncLocalStorage<number>();
const requests = new WeakMap<ClientRequest, number>();

subscribe('http.client.request.created', (message) => {
  const seconds = ahead.getStore();
  if (seconds) requests.set((message as { request: ClientRequest }).request, seconds);
});

subscribe('http.client.response.finish', (message) => {
  const { request, response } = message as { request: ClientRequest; response: IncomingMessage };
  const seconds = requests.get(request);
  const { date } = response.headers;
  if (seconds && date) response.headers.date = new Date(Date.parse(date) + seconds * 1000).toUTCString();
});

/** Runs something for which every server's clock is ahead of this machine's by these seconds. */
export function withServersAhead<T>(seconds: number, run: () => T): T {
  return ahead.run(seconds, run);
}
