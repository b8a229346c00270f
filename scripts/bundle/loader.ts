// The executable's main script. Its assets are the parts of the bundle and, where there are any for this platform,
// their code caches.
//
// Node could compile a bundle as main script by itself, with a code cache of its own making (`useCodeCache`). But that
// one is made without running anything, so it lacks all functions but the outermost, and Node prints a warning when it
// does not fit. These hold what the usual commands ran: --help takes 28 ms with them, 40 without any.

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
