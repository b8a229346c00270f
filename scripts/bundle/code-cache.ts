import { join } from 'node:path';
import { run } from './run.ts';

/**
 * Makes V8's code cache of a bundle, for the platform and version of `node`: runs the bundle over the command lines in
 * warm-up/, against a server of its own, and writes what V8 compiled on the way to `cacheFile`.
 * The same bundle gives the same bytes.
 */
export async function makeCodeCache(node: string, bundleFile: string, cacheFile: string): Promise<void> {
  // --predictable: one thread and no clock, so the same functions are compiled each time. A cache that was made with
  // other V8 flags is rejected; with this one it is not.
  await run(node, ['--predictable', join(import.meta.dirname, 'warm-up/main.ts'), bundleFile, cacheFile]);
}
