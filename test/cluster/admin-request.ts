import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:https';
import { cluster } from './current-cluster.ts';

let keptAgent: Agent | undefined;

/** Any object of the API server, as far as the tests need to know it. */
// biome-ignore lint/suspicious/noExplicitAny: tests read whatever fields the server answers, and a wrong one fails the test.
export type Json = any;

/**
 * Asks the cluster's API server as a user who may do everything.
 *
 * @param path the URL from its first `/`, with the query
 * @param body sent as JSON when given
 * @param contentType default `application/json`; for PATCH `application/merge-patch+json`
 * @returns the answer, parsed
 * @throws with the server's own message when it answers 400 or more
 */
export async function admin(method: string, path: string, body?: unknown, contentType?: string): Promise<Json> {
  const { status, text } = await send(method, path, body, contentType);
  if (status < 400) return text === '' ? undefined : parsed(text);
  throw new Error(`${method} ${path}: ${status} ${parsed(text)?.message ?? text}`);
}

function send(
  method: string,
  path: string,
  body: unknown,
  contentType = method === 'PATCH' ? 'application/merge-patch+json' : 'application/json',
): Promise<{ status: number; text: string }> {
  const { server, adminToken, certificateAuthority } = cluster();
  keptAgent ??= new Agent({ keepAlive: true, ca: readFileSync(certificateAuthority) });
  const headers = { authorization: `Bearer ${adminToken}`, accept: 'application/json', 'content-type': contentType };
  const { promise, resolve, reject } = Promise.withResolvers<{ status: number; text: string }>();
  const sent = request(`${server}${path}`, { method, agent: keptAgent, headers }, (response) => {
    let text = '';
    response.setEncoding('utf8');
    response.on('data', (chunk) => {
      text += chunk;
    });
    response.once('end', () => resolve({ status: response.statusCode ?? 0, text }));
    response.once('error', reject);
  });
  sent.once('error', reject);
  sent.end(body === undefined ? undefined : JSON.stringify(body));
  return promise;
}

/** `/readyz` and its like answer plain text. */
function parsed(text: string): Json {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
