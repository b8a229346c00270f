import { Script } from 'node:vm';

interface Require {
  (name: string): unknown;
  /** The exports of a module, by name. The module runs when one of them is first read. */
  late(name: string, names: readonly string[]): object;
}

/**
 * A compiled script. It is called like a file of CommonJS. One argument is the object that the script uses as
 * `process`.
 */
type CommonJs = (
  exports: object,
  require: Require,
  module: { exports: object },
  filename: string,
  dirname: string,
  process: NodeJS.Process,
) => void;

/** A module of a script with several modules (bundle.ts, registryOf). */
type Piece = (exports: object, require: Require, module: { exports: object }) => void;

export interface Compiled {
  readonly script: Script;
  readonly run: CommonJs;
}

/**
 * Compiles a part, with its code cache if there is one. V8 rejects a cache for another version, platform or source
 * (`script.cachedDataRejected`) and compiles the part without it.
 */
export function compile(name: string, source: string, cache?: Buffer): Compiled {
  const script = new Script(`(function(exports,require,module,__filename,__dirname,process){${source}\n})`, {
    // The name is stored in the cache, so it must not be a path of this machine.
    filename: name,
    ...(cache && { cachedData: cache }),
  });
  return { script, run: script.runInThisContext() };
}

/**
 * Runs `main`. Other parts run when they are required.
 *
 * @param part returns a part of the program by name. For other modules, it returns undefined, and `outside` returns
 * them
 */
export function runParts(
  part: (name: string) => Compiled | undefined,
  outside: (name: string) => unknown,
  process: NodeJS.Process,
): void {
  const loaded = new Map<string, { exports: object }>();
  const require: Require = (name: string) => {
    const known = loaded.get(name);
    if (known) return known.exports;
    const module = { exports: {} };
    const [script, piece] = name.split('#', 2);
    const compiled = piece === undefined ? part(name) : undefined;
    if (piece === undefined && !compiled) return outside(name);
    loaded.set(name, module);
    if (compiled) compiled.run(module.exports, require, module, name, '', process);
    else (require(script!) as Record<string, Piece>)[piece!]!(module.exports, require, module);
    return module.exports;
  };
  const late = new Map<string, object>();
  require.late = (name, names) => {
    const known = late.get(name);
    if (known) return known;
    const exports = {};
    const read = (key: string) => {
      const made = require(name) as object;
      for (const each of names) Object.defineProperty(exports, each, Object.getOwnPropertyDescriptor(made, each)!);
      return Reflect.get(made, key);
    };
    for (const key of names) Object.defineProperty(exports, key, { configurable: true, get: () => read(key) });
    late.set(name, exports);
    return exports;
  };
  require('main');
}
