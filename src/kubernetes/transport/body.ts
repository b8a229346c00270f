import type { IncomingMessage } from 'node:http';
import type { Incoming } from './transport.ts';

/** The whole answer as text, unpacked. @throws Failure when it breaks off */
export async function readText(incoming: Incoming): Promise<string> {
  try {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming.message) chunks.push(chunk as Buffer);
    const packed = Buffer.concat(chunks);
    const text = (isGzip(incoming.message) ? await unpacked(packed) : packed).toString();
    incoming.logBody(text);
    return text;
  } catch (error) {
    throw await incoming.failure(error as Error);
  } finally {
    incoming.done();
  }
}

async function unpacked(packed: Buffer): Promise<Buffer> {
  const { gunzip } = await import('node:zlib');
  return new Promise((resolve, reject) => gunzip(packed, (error, text) => (error ? reject(error) : resolve(text))));
}

/** True when the server packed the answer as we said it may. */
export function isGzip(message: IncomingMessage): boolean {
  return message.headers['content-encoding'] === 'gzip';
}

/** As much of an answer as says who made it. */
const beginningBytes = 4096;

/** The beginning of an answer as text; what follows is not waited for. @throws Failure when it breaks off before that */
export async function readBeginning(incoming: Incoming): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of incoming.message) {
      chunks.push(chunk as Buffer);
      length += (chunk as Buffer).length;
      if (length >= beginningBytes) break;
    }
    const packed = Buffer.concat(chunks);
    if (!isGzip(incoming.message)) return packed.toString();
    // Cut off anywhere: what could be unpacked of it is not needed, for the API server packs large lists only.
    return length < beginningBytes ? (await unpacked(packed)).toString() : '';
  } catch (error) {
    // A stream that is still open when the time is up has answered.
    if (length > 0) return Buffer.concat(chunks).toString();
    throw await incoming.failure(error as Error);
  } finally {
    incoming.message.destroy();
    incoming.done();
  }
}
