import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:https';
import { setTimeout as sleep } from 'node:timers/promises';
import { cluster } from './current-cluster.ts';

let keptAgent: Agent | undefined;

/** Any object of the API server, as far as the tests need to know it. */
// biome-ignore lint/suspicious/noExplicitAny: tests read whatever fields the server answers, and a wrong one fails the test.
export type Json = any;

/**
 * Asks the cluster's API server as a user who may do everything. Asks again if the server is too busy. Then an earlier
 * attempt may have succeeded after the server gave it up: the object that already exists is the answer of a POST.
 *
 * @param path the URL from its first `/`, with the query
 * @param body sent as JSON when given
 * @param contentType default `application/json`; for PATCH `application/merge-patch+json`
 * @returns the answer, parsed
 * @throws with the server's own message when it answers 400 or more
 */
export async function admin(method: string, path: string, body?: unknown, contentType?: string): Promise<Json> {
  for (let attempt = 1; ; attempt++) {
    const sent = await send(method, path, body, contentType).catch((error: NodeJS.ErrnoException) => {
      // The server closes a connection that it has kept for long, just when this request goes out.
      if (error.code !== 'ECONNRESET' || attempt === mostAttempts) throw error;
    });
    if (!sent) continue;
    const { status, text } = sent;
    const answer = text === '' ? undefined : parsed(text);
    if (status < 400) return answer;
    const isRepeated = attempt > 1;
    const name = (body as Json)?.metadata?.name;
    if (isRepeated && method === 'POST' && answer?.reason === 'AlreadyExists' && name) {
      return admin('GET', `${path.replace(/\?.*/, '')}/${name}`);
    }
    if (isRepeated && method === 'DELETE' && status === 404) return answer;
    const message: string = answer?.message ?? text;
    if (attempt === mostAttempts || !isBusy(status, message))
      throw new Error(`${method} ${path}: ${status} ${message}`);
    await sleep(attempt * 500);
  }
}

const mostAttempts = 5;

/** Whether a server that was less busy would have given another answer. */
function isBusy(status: number, message: string): boolean {
  return [429, 503, 504].includes(status) || /etcdserver: (request timed out|leader changed)/.test(message);
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
