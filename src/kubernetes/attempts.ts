import { setTimeout as delay } from 'node:timers/promises';
import { readText } from './body.ts';
import { refusal } from './refusal.ts';
import type { Outgoing, Transport } from './transport.ts';

/** A server that is busy for longer than all of these together is down to the user. */
const maxAttempts = 6;
const maxWaitMs = 30_000;

/**
 * The text of the answer to one request. A read that the server is too busy for (429, 503) is repeated when the server
 * says so by Retry-After; whatever is refused with 401 once more, if the credentials can be renewed.
 * @throws ApiError for any other answer than 2xx; Failure when none comes
 */
export async function answerTo(outgoing: Outgoing, transport: Transport): Promise<string> {
  let renewed = false;
  for (let attempt = 1; ; attempt++) {
    const incoming = await transport.send(outgoing);
    const text = await readText(incoming);
    const { status, message } = incoming;
    if (status >= 200 && status < 300) return text;
    if (status === 401 && !renewed && (await transport.renew(incoming.identity))) {
      renewed = true;
      continue;
    }
    const waitMs = status === 429 || status === 503 ? retryAfterMs(message.headers['retry-after']) : undefined;
    if (outgoing.method !== 'GET' || waitMs === undefined || attempt >= maxAttempts) {
      throw await refusal(incoming, text, outgoing, transport.target);
    }
    await delay(Math.min(waitMs, maxWaitMs));
  }
}

function retryAfterMs(header: string | undefined): number | undefined {
  return header && /^\d+$/.test(header) ? Number(header) * 1000 : undefined;
}
