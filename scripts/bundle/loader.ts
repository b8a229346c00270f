// The executable's main script. It holds two assets: `bundle`, and `cache` where there is one for this platform.
//
// Node could compile the bundle as main script by itself, with a code cache of its own making (`useCodeCache`).
// But that one is made without running anything, so it lacks all functions but the outermost, and Node prints a warning
// when it does not fit. This one holds what the usual commands ran: --version 42 -> 30 ms, --help 50 -> 36 ms.

import { getAssetKeys, getRawAsset } from 'node:sea';
import { compile } from './compile.ts';

/** The asset's bytes as they lie in the executable: they must not be written to. */
const asset = (name: string) => Buffer.from(getRawAsset(name));

const cache = getAssetKeys().includes('cache') ? asset('cache') : undefined;
// Plain latin1, for the bundle is ASCII: nothing to decode.
const { script, run } = compile(asset('bundle').toString('latin1'), cache);
if (process.env.SKYPORTS_DEBUG === 'code-cache') {
  const verdict = script.cachedDataRejected ? 'rejected' : 'accepted';
  process.stderr.write(`code cache: ${cache ? verdict : 'none'}\n`);
}
const module = { exports: {} };
run(module.exports, require, module, __filename, __dirname, process);
