// node FLAGS scripts/bundle/warm-up/main.ts FOLDER   (the flags: ../code-cache.ts)
//
// Runs all command lines in this process. Then writes V8's code cache of each part. It contains all functions that ran.

import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { assetNames } from '../asset-names.ts';
import { type Compiled, compile, runParts } from '../compile.ts';
import { answerAsApiServer } from './api-server.ts';
import { type CommandLine, commandLines } from './command-lines.ts';
import { prepareHome } from './home.ts';
import { pretendedProcess } from './pretended-process.ts';
import { tlsInMemory } from './tls-in-memory.ts';

const folder = process.argv[2]!;

const compiledParts = new Map<string, Compiled>();
const nodeRequire = createRequire(import.meta.url);
const tls = tlsInMemory(answerAsApiServer);
const patience = sleep(30_000, 'nothing yet after 30 s', { ref: false });

const home = mkdtempSync(join(tmpdir(), 'skyports-warm-up-'));
try {
  const environment = prepareHome(home);
  for (const line of commandLines) await warmUp(line, environment);
  // V8 accepts a cache only with the flags that it was made with. The executable does not have this flag.
  setFlagsFromString('--initial-old-space-size=0');
  for (const [name, { script }] of compiledParts) {
    writeFileSync(join(folder, assetNames(name).cache), script.createCachedData());
  }
} finally {
  rmSync(home, { recursive: true });
}

async function warmUp({ args, exitCode = 0 }: CommandLine, environment: Record<string, string>): Promise<void> {
  const pretended = pretendedProcess(args, environment);
  runParts(part, (name) => (name === 'node:tls' ? tls : nodeRequire(name)), pretended.process);
  const ended = await Promise.race([pretended.exitCode, patience]);
  if (ended === exitCode) return;
  const fact = `kubectl-skyports ${args.join(' ')} ended with ${ended}, not ${exitCode}`;
  throw new Error(`${fact}:\n${pretended.output()}Fix it or scripts/bundle/warm-up/command-lines.ts.`);
}

/** The parts are compiled once for all command lines. */
function part(name: string): Compiled | undefined {
  const known = compiledParts.get(name);
  if (known) return known;
  const file = join(folder, assetNames(name).source);
  if (!existsSync(file)) return undefined;
  const compiled = compile(name, readFileSync(file, 'latin1'));
  compiledParts.set(name, compiled);
  return compiled;
}
