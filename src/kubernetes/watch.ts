import { StringDecoder } from 'node:string_decoder';
import { ApiError, readApiAnswer } from './api-error.ts';
import { isGzip, readText } from './body.ts';
import { unreachable } from './connection-failure.ts';
import { refusal } from './refusal.ts';
import type { Target } from './target.ts';
import type { Outgoing, Transport } from './transport.ts';

/** A change. A BOOKMARK's object has nothing but `metadata.resourceVersion`. */
export interface WatchEvent<T> {
  type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK';
  object: T;
}

/** The events of one watch request, as `Api.watch` promises them. */
export async function* watchEvents<T>(
  outgoing: Outgoing,
  transport: Transport,
  target: Target,
): AsyncGenerator<WatchEvent<T>> {
  const signal = outgoing.signal!;
  if (signal.aborted) return;
  try {
    const incoming = await transport.send(outgoing);
    if (incoming.status !== 200) throw refusal(incoming.status, await readText(incoming, target), target);
    try {
      // A proxy or a load balancer that forgets an idle connection says nothing; TCP finds out.
      incoming.message.socket.setKeepAlive(true, 30_000);
      for await (const line of lines(incoming.message)) {
        const event = JSON.parse(line) as { type: string; object: { code?: number } };
        if (event.type === 'ERROR')
          throw new ApiError(readApiAnswer(event.object.code ?? 500, JSON.stringify(event.object)));
        yield event as WatchEvent<T>;
      }
    } finally {
      incoming.done();
      incoming.message.destroy();
    }
  } catch (error) {
    if (signal.aborted) return;
    throw error instanceof ApiError || (error as Error).name === 'Failure'
      ? error
      : unreachable(error as NodeJS.ErrnoException, target);
  }
}

async function* lines(message: import('node:http').IncomingMessage): AsyncGenerator<string> {
  const stream = isGzip(message) ? message.pipe((await import('node:zlib')).createGunzip()) : message;
  const decoder = new StringDecoder('utf8');
  let rest = '';
  for await (const chunk of stream) {
    rest += decoder.write(chunk as Buffer);
    let end = rest.indexOf('\n');
    while (end >= 0) {
      if (end > 0) yield rest.slice(0, end);
      rest = rest.slice(end + 1);
      end = rest.indexOf('\n');
    }
  }
}
