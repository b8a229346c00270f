import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { assetNames } from '../bundle/asset-names.ts';
import { bundleInParts } from '../bundle/bundle.ts';
import { makeCodeCaches } from '../bundle/code-cache.ts';
import { makeExecutable } from '../bundle/executable.ts';
import { installedNode, nodeOf } from '../bundle/node-binary.ts';
import { executableSuffix, goPlatform, hostTarget, type Target, targets } from '../bundle/target.ts';
import { type ArchivedFile, tarGz, zip } from './archive.ts';
import { checksumLines, sha256 } from './checksums.ts';
import { krewManifest, manifestTemplate } from './krew-manifest.ts';
import { writeNpmPackage } from './npm-package.ts';
import { writeSbom } from './sbom.ts';
import { thirdPartyLicences } from './third-party-licences.ts';

const root = resolve(import.meta.dirname, '../..');

/**
 * The only platform that builds releases. Only there can the code cache of its executable be created, which makes a
 * start 10 ms faster. The other executables have no code cache, so every build of them gives the same bytes.
 */
const builder = { platform: 'linux', arch: 'x64' } as const;

/** A file of the release. */
export interface Made {
  readonly file: string;
  readonly bytes: number;
}

/** Makes a release in `folder`. @throws Error on another platform than the builder's */
export async function makeDist(folder: string, say: (made: Made) => void): Promise<void> {
  const host = hostTarget();
  if (host.platform !== builder.platform || host.arch !== builder.arch) {
    throw new Error(
      'A release is made on Linux x64, where its code cache can be made. npm run build makes the executable for this machine.',
    );
  }
  mkdirSync(join(root, 'build'), { recursive: true });
  mkdirSync(folder, { recursive: true });
  const work = mkdtempSync(join(root, 'build/dist-'));
  const hashes: Record<string, string> = {};
  const keep = (name: string, content: Buffer | string) => {
    writeFileSync(join(folder, name), content);
    hashes[name] = sha256(content);
    say({ file: join(folder, name), bytes: statSync(join(folder, name)).size });
  };
  try {
    const parts = await bundleInParts();
    for (const { name, source } of parts) writeFileSync(join(work, assetNames(name).source), source, 'latin1');
    await makeCodeCaches(installedNode(), work);
    const licences = thirdPartyLicences(parts);
    const make = async (target: Target) => {
      const { os, arch } = goPlatform(target);
      const name = `kubectl-skyports-${os}-${arch}`;
      const executable = `${name}${executableSuffix(target.platform)}`;
      const withCaches = target.platform === builder.platform && target.arch === builder.arch;
      await makeExecutable({ target, node: await nodeOf(target), folder: work, withCaches }, join(folder, executable));
      const content = readFileSync(join(folder, executable));
      hashes[executable] = sha256(content);
      say({ file: join(folder, executable), bytes: content.length });
      const files = archivedFiles(target, content, licences);
      if (os === 'windows') keep(`${name}.zip`, await zip(files));
      else keep(`${name}.tar.gz`, await tarGz(files));
    };
    await inPairs(targets, make);
    await writeSbom(join(folder, 'kubectl-skyports.cdx.json'));
    hashes['kubectl-skyports.cdx.json'] = sha256(readFileSync(join(folder, 'kubectl-skyports.cdx.json')));
    await writeNpmPackage(join(folder, 'npm'), licences);
    writeFileSync(join(folder, 'SHA256SUMS'), checksumLines(hashes));
    writeFileSync(join(folder, 'skyports.yaml'), filledManifest(hashes));
  } finally {
    rmSync(work, { recursive: true });
  }
}

/** The krew manifest of these archives. */
export function filledManifest(hashes: Readonly<Record<string, string>>): string {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  return krewManifest(manifestTemplate(), `v${version}`, (archive) => {
    const hash = hashes[archive];
    if (hash === undefined) throw new Error(`${archive} is not in dist/: npm run dist`);
    return hash;
  });
}

function archivedFiles({ platform }: Target, executable: Buffer, licences: string): ArchivedFile[] {
  const text = (name: string, content: Buffer) => ({ name, content, executable: false });
  return [
    { name: `kubectl-skyports${executableSuffix(platform)}`, content: executable, executable: true },
    text('LICENSE', readFileSync(join(root, 'LICENSE'))),
    text('THIRD-PARTY-LICENCES.txt', Buffer.from(licences)),
  ];
}

/** Compress two archives at a time. Each needs half a gigabyte of memory and a whole core. */
async function inPairs<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const rest = [...items];
  const one = async (): Promise<void> => {
    for (let item = rest.shift(); item !== undefined; item = rest.shift()) await work(item);
  };
  await Promise.all([one(), one()]);
}
