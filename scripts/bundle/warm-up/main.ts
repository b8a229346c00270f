// node FLAGS scripts/bundle/warm-up/main.ts BUNDLE CACHE   (the flags: ../code-cache.ts)
//
// Runs the bundle in this process over the command lines, then writes V8's code cache of it, with all that they ran.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { compile } from '../compile.ts';
import { answerAsApiServer } from './api-server.ts';
import { type CommandLine, commandLines } from './command-lines.ts';
import { prepareHome } from './home.ts';
import { httpsInMemory } from './https-in-memory.ts';
import { pretendedProcess } from './pretended-process.ts';

const [bundleFile, cacheFile] = process.argv.slice(2) as [string, string];
const { script, run } = compile(readFileSync(bundleFile, 'latin1'));

const nodeRequire = createRequire(import.meta.url);
const https = httpsInMemory(answerAsApiServer);
const require = ((id: string) => (id === 'node:https' ? https : nodeRequire(id))) as NodeJS.Require;

const patience = sleep(30_000, 'nothing yet after 30 s', { ref: false });
const home = mkdtempSync(join(tmpdir(), 'skyports-warm-up-'));
try {
  const environment = prepareHome(home);
  for (const line of commandLines) await warmUp(line, environment);
  // V8 accepts a cache only under the flags that it was made with, and this one the executable does not have.
  setFlagsFromString('--initial-old-space-size=0');
  writeFileSync(cacheFile, script.createCachedData());
} finally {
  rmSync(home, { recursive: true });
}

async function warmUp({ args, exitCode = 0 }: CommandLine, environment: Record<string, string>): Promise<void> {
  const pretended = pretendedProcess(args, environment);
  const module = { exports: {} };
  run(module.exports, require, module, process.execPath, '', pretended.process);
  const ended = await Promise.race([pretended.exitCode, patience]);
  if (ended === exitCode) return;
  const line = `kubectl-skyports ${args.join(' ')}`;
  throw new Error(
    `${line} ended with ${ended}, not ${exitCode}:\n${pretended.output()}Mend it or scripts/bundle/warm-up/command-lines.ts.`,
  );
}
