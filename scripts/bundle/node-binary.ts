import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { gunzipSync } from 'node:zlib';
import { extract } from 'tar-stream';
import { sharedCache } from '../../test/cluster/binary-cache.ts';
import { executableSuffix, hostTarget, type Target } from './target.ts';

const root = resolve(import.meta.dirname, '../..');

/** The Node of this machine, as npm installed it. */
export function installedNode(target: Target = hostTarget()): string {
  const node = join(root, 'node_modules', target.nodePackage, binaryOf(target));
  if (existsSync(node)) return node;
  throw new Error(`${target.nodePackage} is not installed: npm ci --include=optional`);
}

/**
 * The Node of a target: the installed npm package, else the package from the npm registry, verified with the sha512 in
 * package-lock.json and kept in the cache folder.
 *
 * @returns the absolute path of the file
 * @throws Error if the package does not match the lockfile
 */
export async function nodeOf(target: Target): Promise<string> {
  const { nodePackage } = target;
  const installed = join(root, 'node_modules', nodePackage, binaryOf(target));
  if (existsSync(installed)) return installed;
  const { version, integrity } = lockedPackage(nodePackage);
  // The hash is part of the name, so an existing file has been verified.
  const digest = Buffer.from(integrity.slice('sha512-'.length), 'base64').toString('hex').slice(0, 16);
  const cached = join(sharedCache(process.env), `${nodePackage}-${version}-${digest}`, binaryOf(target));
  if (existsSync(cached)) return cached;
  process.stderr.write(`Fetching ${nodePackage} ${version} (once; some 50 MB)\n`);
  const binary = await binaryIn(packed(nodePackage, version, integrity), `package/${binaryOf(target)}`);
  mkdirSync(dirname(cached), { recursive: true });
  // Rename in one step, so that another build never sees an incomplete file.
  const partial = `${cached}.${process.pid}`;
  writeFileSync(partial, binary, { mode: 0o755 });
  renameSync(partial, cached);
  return cached;
}

function binaryOf({ platform }: Target): string {
  return `bin/node${executableSuffix(platform)}`;
}

function lockedPackage(name: string): { version: string; integrity: string } {
  const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'));
  const { version, integrity } = lock.packages[`node_modules/${name}`] ?? {};
  if (!version || !integrity?.startsWith('sha512-')) throw new Error(`package-lock.json has no sha512 of ${name}`);
  return { version, integrity };
}

/** Downloads the package's archive with npm, which knows the registry, its credentials and its proxy. */
function packed(name: string, version: string, integrity: string): Buffer {
  mkdirSync(join(root, 'build'), { recursive: true });
  const folder = mkdtempSync(join(root, 'build/package-'));
  try {
    const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
    const args = ['pack', '--silent', '--ignore-scripts', `${name}@${version}`, '--pack-destination', folder];
    const printed = execFileSync(npm, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'], cwd: folder });
    const archive = readFileSync(join(folder, printed.trim().split('\n').at(-1)!));
    const found = `sha512-${createHash('sha512').update(archive).digest('base64')}`;
    if (found !== integrity) throw new Error(`${name} ${version} is ${found}, and package-lock.json has ${integrity}`);
    return archive;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function binaryIn(archive: Buffer, name: string): Promise<Buffer> {
  const entries = extract();
  entries.end(gunzipSync(archive));
  for await (const entry of entries) {
    if (entry.header.name === name) return buffer(entry);
    entry.resume();
  }
  throw new Error(`there is no ${name} in the package`);
}
