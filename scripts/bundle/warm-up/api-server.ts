import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { listAt } from './objects.ts';

/** Answers lists and applies as an API server does. */
export async function answerAsApiServer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { pathname } = new URL(request.url!, 'https://127.0.0.1');
  const sent = await text(request);
  // An apply is answered with the object, as if nothing else were in it.
  const answer = request.method === 'PATCH' ? sent : JSON.stringify(listAt(pathname));
  response.writeHead(200, { 'content-type': 'application/json' });
  response.end(answer);
}
