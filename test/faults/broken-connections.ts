import type { Fault } from './fault.ts';
import { serverWords } from './server-words.ts';

/** Faults beneath HTTP, or in its framing. */
export const brokenConnections: readonly Fault[] = [
  { name: 'connection refused', means: 'no answer', blow: { do: 'go away' } },
  { name: 'reset before the server has it', means: 'no answer', blow: { do: 'reset' } },
  { name: 'reset after the server did it', means: 'no answer', blow: { do: 'lose the answer' } },
  { name: 'closed halfway through the answer', means: 'no answer', blow: { do: 'cut the answer' } },
  // The limit is that of the other requests too, which a slow machine has to answer in time.
  { name: 'silence', means: 'no answer', args: ['--request-timeout=10s'], blow: { do: 'stay silent' } },
  bytes('bytes that are not HTTP', `\u0000\u0001\u0002 ${serverWords}\r\n\r\n`),
  bytes('a content-length that is too long', `HTTP/1.1 200 OK\r\ncontent-length: 9999\r\n\r\n{"items":[]}`),
  bytes(
    'a content-length that is too short',
    `HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\n{"kind":"PodList","items":[]}`,
  ),
  bytes('a chunk without its end', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nff\r\n{"kind":"PodList"'),
  bytes('no header at all', ''),
  bytes('a header of 300 kB', `HTTP/1.1 200 OK\r\nx-long: ${'x'.repeat(300_000)}\r\ncontent-length: 2\r\n\r\n{}`),
  {
    name: 'gzip that is none',
    means: 'no answer',
    blow: { do: 'answer', status: 200, headers: { 'content-encoding': 'gzip' }, body: () => '{"items":[]}' },
  },
  { name: 'an answer that drips', means: 'harmless', blow: { do: 'drip' } },
];

function bytes(name: string, text: string): Fault {
  return { name, means: 'no answer', blow: { do: 'write bytes', bytes: () => text } };
}
