import { isRecord } from '../snapshot/is-record.ts';
import { readApiAnswer } from './api-error.ts';
import { readText } from './body.ts';
import { type Answered, unexpected } from './expected-answer.ts';
import { refusal } from './refusal.ts';
import type { Incoming, Outgoing, Transport } from './transport.ts';

/** A server that is busy for longer than all of these together is down to the user. */
const maxAttempts = 6;
const maxWaitMs = 30_000;

/**
 * The answer to one request. What the server is too busy for is repeated when it says so by Retry-After, writes too: it
 * was not processed (client-go `rest.withRetry`). Whatever is refused with 401 is repeated once, if the credentials can be
 * renewed.
 *
 * @throws ApiError for a refusal, also one that comes as a Status within an answer of success; UnexpectedAnswerError for
 * what is not JSON; Failure when no answer comes
 */
export async function answerTo(outgoing: Outgoing, transport: Transport): Promise<Answered> {
  let renewed = false;
  for (let attempt = 1; ; attempt++) {
    const incoming = await transport.send(outgoing);
    const text = await readText(incoming);
    const { status, message } = incoming;
    if (status >= 200 && status < 300) return answeredBy(incoming, text, outgoing, transport);
    if (status === 401 && !renewed && (await transport.renew(incoming.identity))) {
      renewed = true;
      continue;
    }
    const waitMs = status === 429 || status >= 500 ? retryAfterMs(message.headers['retry-after']) : undefined;
    if (waitMs === undefined || attempt >= maxAttempts) {
      throw await refusal(incoming, text, outgoing, transport.target);
    }
    await transport.pause(Math.min(waitMs, maxWaitMs));
  }
}

async function answeredBy(
  incoming: Incoming,
  text: string,
  outgoing: Outgoing,
  transport: Transport,
): Promise<Answered> {
  const { method, path } = outgoing;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw unexpected({ method, path, text: readApiAnswer(incoming.status, text).message }, transport.target, 'JSON');
  }
  if (isRecord(value) && value.kind === 'Status' && value.status !== 'Success') {
    throw await refusal({ ...incoming, status: 500 }, text, outgoing, transport.target);
  }
  return { method, path, value, text };
}

function retryAfterMs(header: string | undefined): number | undefined {
  return header && /^\d+$/.test(header) ? Number(header) * 1000 : undefined;
}
