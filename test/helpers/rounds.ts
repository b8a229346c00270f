import { subscribe } from 'node:diagnostics_channel';
import type { ClientRequest } from 'node:http';

/** A request, and how many round trips it needs at least: one more than the slowest answer that came before it. */
export interface SentRequest {
  /** `GET /api/v1/namespaces/default/pods?limit=1000`. */
  readonly text: string;
  readonly round: number;
}

interface Recording {
  readonly sent: SentRequest[];
  /** The highest round of a request that was answered. */
  answered: number;
}

let current: Recording | undefined;
const known = new WeakMap<object, { readonly recording: Recording; readonly round: number }>();

/** A request counts from the moment at which the program makes it, even if it then waits for a free connection. */
function begin(request: object, text: string): void {
  const recording = current;
  if (!recording) return;
  const round = recording.answered + 1;
  recording.sent.push({ text, round });
  known.set(request, { recording, round });
}

function end(request: object): void {
  const { recording, round } = known.get(request) ?? {};
  if (recording) recording.answered = Math.max(recording.answered, round!);
}

subscribe('http.client.request.created', (message) => {
  const { request } = message as { request: ClientRequest };
  begin(request, `${request.method} ${request.path}`);
});
subscribe('http.client.response.finish', (message) => end((message as { request: ClientRequest }).request));
// A stream that is made before its session is connected is only started later.
for (const channel of ['http2.client.stream.created', 'http2.client.stream.start']) {
  subscribe(channel, (message) => {
    const { stream, headers } = message as { stream: object; headers: Record<string, string> };
    if (!known.has(stream)) begin(stream, `${headers[':method']} ${headers[':path']}`);
  });
}
subscribe('http2.client.stream.finish', (message) => end((message as { stream: object }).stream));

/**
 * Runs something in this process, and records its requests in the order in which they were made. Nothing else may send
 * requests meanwhile: a stream of HTTP/2 may begin in the context of another request.
 */
export async function recordingRounds<T>(run: () => Promise<T>): Promise<{ value: T; sent: readonly SentRequest[] }> {
  const recording: Recording = { sent: [], answered: 0 };
  current = recording;
  try {
    return { value: await run(), sent: recording.sent };
  } finally {
    current = undefined;
  }
}
