import { join } from 'node:path';
import { run } from './run.ts';

/**
 * Without these the bytes would differ from run to run. With them V8 does all on one thread, in one order, and collects
 * no garbage: bytecode that is put where something else was keeps bits of it between its fields.
 */
const reproducible = [
  '--predictable',
  '--initial-old-space-size=1024',
  '--min-semi-space-size=256',
  '--max-semi-space-size=256',
];

/**
 * Makes V8's code caches of the parts in `folder`, for the platform and version of `node`: runs the program over the
 * command lines in warm-up/, against an API server of its own, and writes what V8 compiled on the way beside the parts.
 * A part that was not required gets none. The same parts give the same bytes.
 */
export async function makeCodeCaches(node: string, folder: string): Promise<void> {
  await run(node, [...reproducible, join(import.meta.dirname, 'warm-up/main.ts'), folder]);
}
