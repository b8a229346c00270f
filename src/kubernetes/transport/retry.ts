import { isRecord } from '../../snapshot/shape.ts';
import { readApiAnswer } from '../api/api-error.ts';
import { type Answered, unexpected } from '../api/expected-answer.ts';
import { refusal } from '../api/refusal.ts';
import { readText } from './body.ts';
import { type Incoming, LostAnswerError, type Outgoing, type Transport } from './transport.ts';

/** How often a request is sent to a busy server. If the server is still busy, it counts as down. */
const maxAttempts = 6;
const maxWaitMs = 30_000;

/**
 * Sends one request. If the answer is a 429 or 5xx with Retry-After, sends the request again, as client-go does
 * (`rest.withRetry`). After a 401, sends it again once, if the credentials can be renewed.
 *
 * A write is sent again too. The server may have done the first write and still have answered 5xx. A later attempt then
 * ends in a conflict with the first write. So after a 5xx, a conflict counts as a lost answer.
 *
 * @throws ApiError for a refusal, even if the HTTP status is 2xx and the Status says failure; UnexpectedAnswerError if
 * the answer is not JSON; Failure if there is no answer
 */
export async function sendWithRetry(outgoing: Outgoing, transport: Transport): Promise<Answered> {
  let renewed = false;
  let mayBeDone = false;
  for (let attempt = 1; ; attempt++) {
    const incoming = await transport.send(outgoing);
    const text = await readText(incoming);
    const { status, headers } = incoming;
    if (status >= 200 && status < 300) return answeredBy(incoming, text, outgoing, transport);
    if (status === 401 && !renewed && (await transport.renew(incoming.identity))) {
      renewed = true;
      continue;
    }
    if (status === 409 && mayBeDone) {
      // An earlier attempt ended with a 5xx, but may have written the object. This attempt may conflict with that
      // write.
      throw new LostAnswerError('lost-answer', (await refusal(incoming, text, outgoing, transport.target)).message, []);
    }
    const waitMs = status === 429 || status >= 500 ? retryAfterMs(headers['retry-after']) : undefined;
    if (waitMs === undefined || attempt >= maxAttempts) {
      throw await refusal(incoming, text, outgoing, transport.target);
    }
    mayBeDone ||= outgoing.method !== 'GET' && status >= 500;
    await transport.pause(Math.min(waitMs, maxWaitMs), `${transport.target.server} asked to wait`);
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
    const words = text.trim() === '' ? '' : readApiAnswer(incoming.status, text).message;
    throw unexpected({ method, path, text: words }, transport.target, 'JSON');
  }
  if (isRecord(value) && value.kind === 'Status' && value.status !== 'Success') {
    throw await refusal({ ...incoming, status: 500 }, text, outgoing, transport.target);
  }
  return { method, path, value, text };
}

function retryAfterMs(header: string | undefined): number | undefined {
  return header && /^\d+$/.test(header) ? Number(header) * 1000 : undefined;
}
