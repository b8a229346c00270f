// npm run krew: writes dist/skyports.yaml, the krew manifest for the archives in dist/. `npm run dist` creates both.

import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { readChecksums } from './dist/checksums.ts';
import { filledManifest } from './dist/make-dist.ts';

const dist = resolve(import.meta.dirname, '../dist');
try {
  writeFileSync(join(dist, 'skyports.yaml'), filledManifest(readChecksums(join(dist, 'SHA256SUMS'))));
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
  process.exitCode = 1;
}
