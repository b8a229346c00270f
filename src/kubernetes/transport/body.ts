import type { Answer } from './exchange.ts';
import type { Incoming } from './transport.ts';

/**
 * The whole answer as text, decompressed.
 *
 * @throws Failure if the connection breaks
 */
export async function readText(incoming: Incoming): Promise<string> {
  try {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming.body) chunks.push(chunk);
    const packed = Buffer.concat(chunks);
    const text = (isGzip(incoming) ? await unpacked(packed) : packed).toString();
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

/** Whether the answer is compressed with gzip. */
export function isGzip({ headers }: Answer): boolean {
  return headers['content-encoding'] === 'gzip';
}

/** How many bytes of an answer are read. They are enough to recognize who sent it. */
const beginningBytes = 4096;

/**
 * The beginning of an answer as text. Does not wait for the rest.
 *
 * @throws Failure if the connection breaks before any data arrives
 */
export async function readBeginning(incoming: Incoming): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of incoming.body) {
      chunks.push(chunk);
      length += chunk.length;
      if (length >= beginningBytes) break;
    }
    const packed = Buffer.concat(chunks);
    if (!isGzip(incoming)) return packed.toString();
    // Do not decompress a part of a gzip stream. The API server compresses only large lists, whose beginning is not
    // needed.
    return length < beginningBytes ? (await unpacked(packed)).toString() : '';
  } catch (error) {
    // If some data has arrived before the connection breaks or the time limit is reached, this data is the answer.
    if (length > 0) return Buffer.concat(chunks).toString();
    throw await incoming.failure(error as Error);
  } finally {
    incoming.discard();
    incoming.done();
  }
}
