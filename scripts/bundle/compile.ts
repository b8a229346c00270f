import { Script } from 'node:vm';

/** A compiled bundle. It is called as Node calls a file of CommonJS, and with the process that it is to believe its own. */
export type Program = (
  exports: object,
  require: NodeJS.Require,
  module: { exports: object },
  filename: string,
  dirname: string,
  process: NodeJS.Process,
) => void;

/**
 * Compiles a bundle, with V8's code cache of it when there is one. A cache of another V8, platform or source does no
 * harm: V8 rejects it (`script.cachedDataRejected`) and compiles.
 */
export function compile(source: string, cache?: Buffer): { script: Script; run: Program } {
  const script = new Script(`(function(exports,require,module,__filename,__dirname,process){${source}\n})`, {
    // V8 keeps it in the cache, so it must not be a path of the machine that made it.
    filename: 'kubectl-skyports.cjs',
    ...(cache && { cachedData: cache }),
  });
  return { script, run: script.runInThisContext() };
}
