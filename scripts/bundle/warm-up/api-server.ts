import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { listAt } from './objects.ts';

/** Answers lists, applies and access reviews as an API server does. */
export async function answerAsApiServer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { pathname } = new URL(request.url!, 'https://127.0.0.1');
  const sent = await text(request);
  const answer = answerTo(request.method, pathname, sent);
  response.writeHead(200, { 'content-type': 'application/json' });
  response.end(answer);
}

function answerTo(method: string | undefined, pathname: string, sent: string): string {
  // The answer to an apply is the applied object alone.
  if (method === 'PATCH') return sent;
  if (method === 'POST') return JSON.stringify({ ...JSON.parse(sent), status: { allowed: true } });
  return JSON.stringify(pathname === '/version' ? { gitVersion: 'v1.37.2' } : listAt(pathname));
}
