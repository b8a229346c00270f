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
