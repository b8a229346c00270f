import { StringDecoder } from 'node:string_decoder';
import { isRecord } from '../../snapshot/shape.ts';
import { isGzip, readText } from '../transport/body.ts';
import type { Incoming, Outgoing, Transport } from '../transport/transport.ts';
import { ApiError, readApiAnswer } from './api-error.ts';
import { unexpected } from './expected-answer.ts';
import { refusal } from './refusal.ts';

/** One event of a watch. The object of a BOOKMARK has only `metadata.resourceVersion`. */
export interface WatchEvent<T> {
  type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK';
  object: T;
}

/** The events of one watch request, as documented at `Api.watch`. */
export async function* watchEvents<T>(outgoing: Outgoing, transport: Transport): AsyncGenerator<WatchEvent<T>> {
  const signal = outgoing.signal!;
  if (signal.aborted) return;
  try {
    const incoming = await answered(outgoing, transport);
    try {
      for await (const line of lines(incoming)) {
        incoming.logBody(line);
        yield eventIn<T>(line, outgoing, transport);
      }
    } finally {
      incoming.done();
      incoming.discard();
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

async function answered(outgoing: Outgoing, transport: Transport): Promise<Incoming> {
  let incoming = await transport.send(outgoing);
  if (incoming.status === 401) {
    if (await transport.renew(incoming.identity)) {
      incoming.discard();
      incoming.done();
      incoming = await transport.send(outgoing);
    }
  }
  if (incoming.status !== 200) throw await refusal(incoming, await readText(incoming), outgoing, transport.target);
  return incoming;
}

const types: ReadonlySet<unknown> = new Set(['ADDED', 'MODIFIED', 'DELETED', 'BOOKMARK']);

/**
 * Parses one event.
 *
 * @throws ApiError for the event ERROR, which ends the watch; UnexpectedAnswerError for an invalid event
 */
function eventIn<T>(line: string, { method, path }: Outgoing, { target }: Transport): WatchEvent<T> {
  let event: unknown;
  try {
    event = JSON.parse(line);
  } catch {
    throw unexpected({ method, path, text: line }, target, 'events in JSON');
  }
  if (isRecord(event) && event.type === 'ERROR') throw new ApiError(readApiAnswer(500, JSON.stringify(event.object)));
  if (isRecord(event) && types.has(event.type) && isRecord(event.object) && isRecord(event.object.metadata)) {
    return event as unknown as WatchEvent<T>;
  }
  throw unexpected({ method, path, text: line }, target, 'events of objects');
}

/** Splits the stream into lines. Each line is one JSON text. A chunk may end anywhere, even within a character. */
async function* lines(incoming: Incoming): AsyncGenerator<string> {
  const stream = isGzip(incoming) ? await unpacking(incoming) : incoming.body;
  const decoder = new StringDecoder('utf8');
  let rest = '';
  try {
    for await (const chunk of stream) {
      const parts = (rest + decoder.write(chunk)).split('\n');
      rest = parts.pop()!;
      for (const line of parts) if (line) yield line;
    }
  } catch (error) {
    throw await incoming.failure(error as Error);
  }
}

async function unpacking({ body }: Incoming): Promise<AsyncIterable<Buffer>> {
  const [{ createGunzip }, { pipeline }] = await Promise.all([import('node:zlib'), import('node:stream')]);
  return pipeline(body, createGunzip(), () => {});
}
