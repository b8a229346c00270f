import { join } from 'node:path';
import { run } from './run.ts';

/**
 * With these flags, every run gives the same bytes. V8 then works in one thread and in a fixed order, and does not
 * collect garbage. After a garbage collection, memory would contain remains of other data, and some of these bits would
 * get into the cache.
 */
const reproducible = [
  '--predictable',
  '--initial-old-space-size=1024',
  '--min-semi-space-size=256',
  '--max-semi-space-size=256',
];

/**
 * Creates V8's code caches of the parts in `folder`, for the platform and version of `node`. Runs the command lines in
 * warm-up/ against a fake API server, and writes the compiled code next to the parts. A part that was not required gets
 * no cache. The same parts give the same bytes.
 */
export async function makeCodeCaches(node: string, folder: string): Promise<void> {
  await run(node, [...reproducible, join(import.meta.dirname, 'warm-up/main.ts'), folder]);
}
