// node --predictable scripts/bundle/warm-up/main.ts BUNDLE CACHE
//
// Runs the bundle in this process over the command lines, then writes V8's code cache of it, with all that they ran.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compile } from '../compile.ts';
import { startApiServer } from './api-server.ts';
import { commandLines } from './command-lines.ts';
import { prepareHome } from './home.ts';
import { runAsProgram } from './run-as-program.ts';

const [bundleFile, cacheFile] = process.argv.slice(2) as [string, string];
const { script, run } = compile(readFileSync(bundleFile, 'latin1'));
const require = createRequire(import.meta.url);

const home = mkdtempSync(join(tmpdir(), 'skyports-warm-up-'));
try {
  const environment = prepareHome(home, await startApiServer());
  for (const { args, exitCode = 0 } of commandLines) {
    const module = { exports: {} };
    const start = () => run(module.exports, require, module, process.execPath, '');
    const outcome = await runAsProgram(start, args, environment);
    if (outcome.exitCode !== exitCode) {
      const said = `kubectl-skyports ${args.join(' ')} ended with ${outcome.exitCode}, not ${exitCode}:\n${outcome.output}`;
      throw new Error(`${said}Mend it or scripts/bundle/warm-up/command-lines.ts.`);
    }
  }
  writeFileSync(cacheFile, script.createCachedData());
} finally {
  rmSync(home, { recursive: true });
}
// The server and the program's kept connections are still open.
process.exit(0);
