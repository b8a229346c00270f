// The executable's main script. Its assets are the parts of the bundle and, if they exist for this platform, their code
// caches.
//
// Node could compile a bundle as its main script and create a code cache itself (`useCodeCache`). But Node creates that
// cache without running the code. So it contains only the outermost functions, and Node prints a warning if it does not
// fit. The code caches here contain the functions that the usual commands run. --help takes 28 ms with them, and 40 ms
// without.

import { getAssetKeys, getRawAsset } from 'node:sea';
import { assetNames } from './asset-names.ts';
import { type Compiled, compile, runParts } from './compile.ts';

const assets = new Set(getAssetKeys());
const isDebugged = process.env.SKYPORTS_DEBUG === 'code-cache';

/** The bytes of an asset in the executable itself. They must not be changed. */
function asset(name: string): Buffer {
  return Buffer.from(getRawAsset(name));
}

function part(name: string): Compiled | undefined {
  const names = assetNames(name);
  if (!assets.has(names.source)) return undefined;
  const cache = assets.has(names.cache) ? asset(names.cache) : undefined;
  const compiled = compile(name, asset(names.source).toString('latin1'), cache);
  if (isDebugged) {
    const verdict = compiled.script.cachedDataRejected ? 'rejected' : 'accepted';
    process.stderr.write(`code cache of ${name}: ${cache ? verdict : 'none'}\n`);
  }
  return compiled;
}

runParts(part, require, process);
